/** The table at the end of docs/vscode.md names tests: they are there. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const text = readFileSync(path.join(root, 'docs/vscode.md'), 'utf8');
const named = [...text.matchAll(/`(test\/[\w/.-]+)`: (.+?) \|$/gm)].map(([, file = '', title = '']) => ({
  file,
  title,
}));

it('names a test for each pain', () => {
  const rows = text.slice(text.indexOf('## What users of such views')).match(/^\| /gm) ?? [];
  expect(named.length).toBe(rows.length - 2); // head and rule
  expect(named.length).toBeGreaterThan(10);
});

it.each(named)('$file holds "$title"', ({ file, title }) => {
  expect(existsSync(path.join(root, file))).toBe(true);
  expect(readFileSync(path.join(root, file), 'utf8')).toContain(title);
});
