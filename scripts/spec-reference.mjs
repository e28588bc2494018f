// Makes docs/spec.md from schemas/spec.schema.json: every setting with its type, default and meaning, in the order of a spec.
// With --check it writes nothing, and ends with 1 where the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const schema = JSON.parse(readFileSync(path.join(root, 'schemas/spec.schema.json'), 'utf8'));
const target = path.join(root, 'docs/spec.md');

const nameOf = (ref) => ref.replace('#/definitions/', '');
const resolve = (node) => (node.$ref ? { ...schema.definitions[nameOf(node.$ref)], ...node } : node);
const code = (value) => `\`${JSON.stringify(value)}\``;
const cell = (text) => text.replaceAll('|', '\\|');
const isTable = (name) => {
  const { properties, oneOf } = schema.definitions[name];
  return Boolean(properties ?? oneOf?.some((branch) => branch.properties));
};

/** The number's limits, as in `> 0` or `0 … 1`. */
function limitsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const low = minimum !== undefined ? `≥ ${minimum}` : exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : '';
  const high = maximum !== undefined ? `≤ ${maximum}` : exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : '';
  return [low, high].filter(Boolean).join(', ');
}

/** What may stand there, in words. */
function typeOf(node) {
  if (node.$ref && isTable(nameOf(node.$ref))) return `[${nameOf(node.$ref)}](#${nameOf(node.$ref)})`;
  const { type, enum: words, const: only, anyOf, items, additionalProperties, properties } = resolve(node);
  if (only !== undefined) return code(only);
  if (words) return words.length > 12 ? `one of ${words.length} words` : words.map(code).join(', ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return items ? `list of ${typeOf(items)}` : 'list';
  if (type === 'object' && properties)
    return `object: ${Object.entries(properties)
      .map(([key, value]) => `\`${key}\` (${typeOf(value)})`)
      .join(', ')}`;
  if (type === 'object') return additionalProperties ? `object of ${typeOf(additionalProperties)}` : 'object';
  return [type, limitsOf(resolve(node))].filter(Boolean).join(' ') || 'anything';
}

function rowsOf({ properties, required = [] }) {
  const rows = Object.entries(properties).map(([key, node]) => {
    const { description = '', default: usual } = resolve(node);
    const standing = required.includes(key) ? 'required' : usual === undefined ? '–' : code(usual);
    return `| \`${key}\` | ${cell(typeOf(node))} | ${cell(standing)} | ${cell(description)} |`;
  });
  return ['| setting | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function section(name) {
  const node = schema.definitions[name];
  const head = `## ${name}\n\n${node.description}`;
  if (node.properties) return `${head}\n\n${rowsOf(node)}`;
  const branches = node.oneOf.map(
    (branch) => `### ${name}: ${branch.properties.type.const}\n\n${branch.description}\n\n${rowsOf(branch)}`,
  );
  return [head, ...branches].join('\n\n');
}

const names = Object.keys(schema.definitions);
const vocabularies = names.filter((name) => schema.definitions[name].enum?.length > 12);
const text = `${[
  '# The spec, setting by setting',
  'Made from `schemas/spec.schema.json` by `node scripts/spec-reference.mjs`; the editor shows the same words on hover. A spec is JSON with comments and trailing commas. What is left out has its default; – stands where there is none.',
  rowsOf(schema),
  ...names.filter(isTable).map(section),
  ...vocabularies.map((name) => {
    const { description, enum: words } = schema.definitions[name];
    return `## ${name}\n\n${description}\n\n${words.map(code).join(', ')}`;
  }),
].join('\n\n')}\n`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('docs/spec.md is stale: run node scripts/spec-reference.mjs');
  process.exit(1);
}
