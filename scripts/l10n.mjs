// npm run l10n: writes l10n/bundle.l10n.json, the words of the extension and its pages for who translates them (to bundle.l10n.LANGUAGE.json beside it).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
export const bundleFile = path.join(root, 'l10n/bundle.l10n.json');

/** Texts of the client's files by their paths in it. */
export function sources() {
  const client = path.join(root, 'client');
  const names = readdirSync(client, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(client, name), 'utf8')]));
}

const literal = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"`;
const call = new RegExp(String.raw`\bt\(\s*(${literal})`, 'g');

/** The messages that are translated, in the order of the alphabet. */
export function messages() {
  const found = [...sources().values()].flatMap((text) => [...text.matchAll(call)].map(([, one]) => one));
  return [...new Set(found.map((one) => one.slice(1, -1).replace(/\\(.)/g, '$1')))].sort();
}

export const bundleText = () => `${JSON.stringify(Object.fromEntries(messages().map((one) => [one, one])), null, 2)}\n`;

if (process.argv[1] === import.meta.filename) writeFileSync(bundleFile, bundleText());
