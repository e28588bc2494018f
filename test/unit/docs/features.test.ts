/** docs/features.md: each row says how far it goes, and names a test that is there. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const rows = readFileSync(path.join(root, 'docs/features.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('has a row for each of the 43 features that such extensions are compared by', () => {
  expect(rows).toHaveLength(43);
  expect(new Set(rows.map(([, feature]) => feature)).size).toBe(43);
});

it.each(rows.map(([, feature, state, how, held]) => ({ feature, state, how, held })))(
  '$feature',
  ({ state, how, held }) => {
    expect(['yes', 'partly', 'no']).toContain(state);
    expect(how).toMatch(/\S/);
    const [, file = '', title = ''] = /^`(test\/[\w/.]+)`: (.+)$/.exec(held ?? '') ?? [];
    expect(title).not.toBe('');
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(readFileSync(path.join(root, file), 'utf8')).toContain(title);
  },
);
