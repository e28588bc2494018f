/** docs/support.md: what `npm run support` recorded, of all that the registries and the language have; and that some of it is still so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterMethods } from '../../../runner/methods/adapters';
import { families } from '../../../runner/models';
import schema from '../../../schemas/spec.schema.json';
import { planCell, tryCell } from '../../../scripts/support/cell';
import { methods } from '../../../scripts/support/methods';
import { page, type Results } from '../../../scripts/support/table';
import { familyNames, furnish, taskNames } from '../../../scripts/support/workplace';

const results = JSON.parse(readFileSync('scripts/support/results.json', 'utf8')) as Results;
const backend = { backend: 'onnxruntime', device: 'cpu' } as const;
const recorded = results['onnxruntime cpu']!;

it('the page is made of the recorded results', () => {
  expect(readFileSync('docs/support.md', 'utf8')).toBe(page(results));
});

describe('it has in it', () => {
  const tried = Object.values(methods);
  it.each([
    ['every family', familyNames, Object.keys(families)],
    [
      'every adapter',
      tried.flatMap((one) => (one !== 'all' && 'adapter' in one ? [one.adapter.type] : [])),
      Object.keys(adapterMethods),
    ],
    [
      'every kind of tensor',
      tried.flatMap((one) => (one !== 'all' && 'group' in one ? [one.group.kind] : [])),
      schema.definitions.parameter_group.properties.kind.anyOf[0]!.enum,
    ],
    ['every task', taskNames, schema.definitions.task.oneOf.map(({ properties }) => properties.type.const)],
  ])('%s', (_, present, wanted) => {
    expect(present).toEqual(expect.arrayContaining(wanted as string[]));
  });

  it.each(Object.entries(results))('every combination, on %s', (_, tasks) => {
    expect(Object.keys(tasks)).toEqual(taskNames);
    for (const rows of Object.values(tasks)) {
      expect(Object.keys(rows)).toEqual(Object.keys(methods));
      for (const row of Object.values(rows)) expect(Object.keys(row)).toEqual(familyNames);
    }
  });
});

describe('what is recorded is so', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-'));
  beforeAll(() => furnish(folder));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(taskNames)('what is refused of %s, and why', async (task) => {
    for (const [method, row] of Object.entries(recorded[task]!))
      for (const family of familyNames) {
        const planned = await planCell(folder, { task, method, family }, backend);
        const cell = row[family]!;
        expect({ method, family, refused: 'code' in planned && planned }).toEqual({
          method,
          family,
          refused: 'code' in cell && cell,
        });
      }
  });

  it.each([
    ['vqa', 'houlsby', 'miss'],
    ['vqa', 'dora', 'llava'],
    ['report_generation', 'prefix, projected', 'blip_caption'],
  ] as const)('%s by %s on %s', async (task, method, family) => {
    expect(await tryCell(folder, { task, method, family }, backend)).toEqual(recorded[task]![method]![family]);
  });
});
