/** `medpeft schema`: what it prints judges specs as the validator does. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { parse } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { schema } from '../../../runner/cli/schema';
import { checkStructure } from '../../../runner/spec/structure';

const root = path.resolve(import.meta.dirname, '../../..');

it('prints a schema that agrees with the validator on every spec of the corpus', async () => {
  let printed = '';
  const code = await schema.run(
    { positional: [], options: new Map() },
    {
      result: (text) => {
        printed += text;
      },
      log: () => {},
    },
  );
  expect(code).toBe(0);
  const validate = new Ajv({ strict: false, discriminator: true }).compile(JSON.parse(printed));
  const files = ['good', 'bad'].flatMap((kind) => {
    const folder = path.join(root, 'test/fixtures/specs', kind);
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => path.join(folder, name));
  });
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    expect([file, validate(value)]).toEqual([file, checkStructure(value).length === 0]);
  }
});
