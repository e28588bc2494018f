// Makes schemas/generated/ from schemas/*.schema.json: a TypeScript type and a standalone ajv validator for each. Idempotent.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

const root = path.resolve(import.meta.dirname, '..');
const from = path.join(root, 'schemas');
const to = path.join(from, 'generated');
mkdirSync(to, { recursive: true });

const write = (name, text) => {
  const file = path.join(to, name);
  let before;
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before !== text) writeFileSync(file, text);
};

for (const file of readdirSync(from).filter((name) => name.endsWith('.schema.json'))) {
  const name = path.basename(file, '.schema.json');
  const schema = JSON.parse(readFileSync(path.join(from, file), 'utf8'));
  const types = await compile(structuredClone(schema), schema.title, {
    bannerComment: '',
    additionalProperties: false,
  });
  write(`${name}.ts`, `// Made from ${file} by scripts/generate.mjs; do not edit.\n${types}`);
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    discriminator: true,
    verbose: true,
    code: { source: true, esm: false },
  });
  const validate = ajv.compile(schema);
  const code = standaloneCode(ajv, validate);
  write(`validate-${name}.js`, code);
  write(
    `validate-${name}.d.ts`,
    `import type { ErrorObject } from 'ajv';\nimport type { ${schema.title} } from './${name}';\n` +
      `declare const validate: { (value: unknown): value is ${schema.title}; errors?: ErrorObject[] | null };\nexport default validate;\n`,
  );
}
