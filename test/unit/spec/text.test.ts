// Texts as editors and operating systems make them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadSpec } from '../../../runner/spec';

const file = '/nowhere/x.medpeft.json';
const places = (text: string) =>
  loadSpec(file, { text }).diagnostics.map(
    ({ code, range: { start, end } }) => `${code} ${start.line}:${start.character}-${end.line}:${end.character}`,
  );

it.each([
  ['LF', '{\n  "version": 1,\n  "sedes": [0]\n}', ['MP1002 2:3-2:8']],
  ['CRLF', '{\r\n  "version": 1,\r\n  "sedes": [0]\r\n}', ['MP1002 2:3-2:8']],
  ['CR', '{\r  "version": 1,\r  "sedes": [0]\r}', ['MP1002 2:3-2:8']],
  ['a byte order mark in the text keeps its column', '\uFEFF{ "version": 1, "sedes": [0] }', ['MP1002 0:18-0:23']],
  [
    'characters outside the basic plane count twice',
    '{ "version": 1, "name": "\u{1F9EA}", "sedes": [0] }',
    ['MP1002 0:31-0:36'],
  ],
  ['empty', '', ['MP1001 0:0-0:0']],
  ['blank', ' \n ', ['MP1001 0:0-0:1']],
  ['a comment alone', '// { "version": 1 }', ['MP1001 0:18-0:19']],
  ['not closed', '{ "version": 1, "training": { "batch_size": 16 }\n', ['MP1001 0:47-0:48']],
  ['cut in a string', '{ "version": 1, "name": "abc', ['MP1001 0:24-0:28']],
  ['cut after a colon', '{ "version": 1, "name": ', ['MP1001 0:22-0:23']],
  ['single quotes', "{ 'version': 1 }", ['MP1001 0:2-0:11']],
  ['keys without quotes', '{ version: 1, name: 2 }', ['MP1001 0:2-0:9']],
  [
    'two mistakes on two lines',
    '{ "version": 1,\n "name": nil,\n "seeds": [0 1] }',
    ['MP1001 1:9-1:12', 'MP1001 2:13-2:14'],
  ],
  ['text behind the end', '{ "version": 1 } x', ['MP1001 0:17-0:18']],
  ['comments and trailing commas', '/* a */ { "version": 1, // b\n "seeds": [0,], }', []],
  ['a list', '[]', ['MP1003 0:0-0:2']],
  ['null', 'null', ['MP1003 0:0-0:4']],
  [
    'keys of JavaScript objects are keys',
    '{ "version": 1, "__proto__": {}, "constructor": 1 }',
    ['MP1002 0:17-0:26', 'MP1002 0:34-0:45'],
  ],
  [
    'names of JavaScript objects are unknown names',
    '{ "version": 1, "compare": { "reference": "toString" } }',
    ['MP1101 0:43-0:51'],
  ],
])('%s', (_, text, expected) => expect(places(text)).toEqual(expected));

it('does not count the byte order mark of a file, as editors do not', () => {
  const saved = path.join(mkdtempSync(path.join(os.tmpdir(), 'medpeft-')), 'x.medpeft.json');
  writeFileSync(saved, '\uFEFF{ "version": 1, "sedes": [0] }');
  expect(loadSpec(saved).diagnostics[0]!.range.start).toEqual({ line: 0, character: 17 });
});

it.each([
  ['/nowhere/x.medpeft.json', /does not exist/],
  [os.tmpdir(), /is a folder/],
])('says why %s cannot be read', (name, why) => {
  expect(loadSpec(name).diagnostics).toEqual([
    expect.objectContaining({ code: 'MP1007', message: expect.stringMatching(why) }),
  ]);
});
