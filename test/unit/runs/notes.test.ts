import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readNotes, setNote, setStar } from '../../../runner/runs';
import { temporaryFolder } from '../data/fixture';

it('keeps what is noted in a file of its own, and no file when nothing is left', () => {
  const folder = temporaryFolder();
  expect(readNotes(folder)).toEqual({ format: 1 });
  setStar(folder, true);
  setNote(folder, 'test-rad-test', '7', { flagged: true, text: ' odd\n' });
  setNote(folder, 'test-rad-test', '__proto__', { flagged: true });
  setNote(folder, 'test-rad-test', '8', { text: 'gone soon' });
  setNote(folder, 'test-rad-test', '8', { flagged: false, text: ' ' });
  expect(readNotes(folder)).toEqual({
    format: 1,
    starred: true,
    items: { 'test-rad-test': { 7: { flagged: true, text: 'odd' }, ['__proto__']: { flagged: true } } },
  });
  expect(readdirSync(folder)).toEqual(['notes.json']);
  setStar(folder, false);
  setNote(folder, 'test-rad-test', '7', {});
  setNote(folder, 'test-rad-test', '__proto__', {});
  expect(existsSync(path.join(folder, 'notes.json'))).toBe(false);
});

it.each(['{', '{"format":2}', '{"format":1,"items":{"a":{"b":"text"}}}'])(
  'does not write over notes it cannot read: %s',
  (text) => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'notes.json');
    writeFileSync(file, text);
    expect(() => setStar(folder, true)).toThrow(expect.objectContaining({ code: 'MP4003', place: file }));
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
