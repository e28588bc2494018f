/** What the schema knows of a place follows from what reaches there: the rest of a spec may be left out, and nothing else is answered. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getLocation } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseText } from '../../runner/spec/parse';
import { locationAt } from '../../server/completions/location';
import { astAround, astOf } from '../../server/json-tree';
import { createJsonService } from '../../server/schema';
import { goodSpec } from './fixture';

const folders = ['test/fixtures/specs/good', 'test/fixtures/specs/bad', 'test/fixtures/workspace', 'examples/vqa-rad'];
const files = folders
  .flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)))
  .filter((file) => file.endsWith('.medpeft.json'));
const texts: [string, string][] = [
  ['a spec with everything', goodSpec],
  ...files.map((file): [string, string] => [file, readFileSync(file, 'utf8')]),
];
const whole = texts.filter(([, text]) => !parseText(text).isBroken);
const service = createJsonService([]);

it.each(whole)('%s: completion and hover, at every place', async (_, text) => {
  const document = TextDocument.create('file:///spec.medpeft.json', 'medpeft', 1, text);
  const { tree } = parseText(text);
  const all = service.newJSONDocument(astOf(tree!));
  // a prime: not the same column of each line
  for (let offset = 0; offset < text.length; offset += 7) {
    const position = document.positionAt(offset);
    const some = service.newJSONDocument(astAround(tree!, offset));
    const [before, after] = [text.slice(Math.max(0, offset - 30), offset), text.slice(offset, offset + 30)];
    const place = `${before}|${after}`;
    expect(await service.doComplete(document, position, some), place).toEqual(
      await service.doComplete(document, position, all),
    );
    expect(await service.doHover(document, position, some), place).toEqual(
      await service.doHover(document, position, all),
    );
  }
});

it.each(whole)('%s: the same path, key or value, and word before, at every place', (_, text) => {
  const { tree } = parseText(text);
  const said = ({ path, isAtPropertyKey, previousNode }: ReturnType<typeof locationAt>) => {
    const { type, value, offset, length } = previousNode ?? {};
    return { path, isAtPropertyKey, type, value, offset, length };
  };
  for (let offset = 0; offset <= text.length; offset++)
    expect(said(locationAt(text, tree, offset)), text.slice(0, offset)).toEqual(said(getLocation(text, offset)));
});

it('leaves out what does not reach there', () => {
  const { tree } = parseText('{ "a": { "b": { "c": [1] }, "d": { "e": 2 } }, "f": [{ "g": 3 }, 4], "h": "i" }');
  const shown = (node: ReturnType<typeof astOf>): unknown => {
    if (node.type === 'object')
      return Object.fromEntries(node.properties.map((one) => [one.keyNode.value, shown(one.valueNode!)]));
    return node.type === 'array' ? node.items.map(shown) : node.value;
  };
  const at = (word: string) =>
    '{ "a": { "b": { "c": [1] }, "d": { "e": 2 } }, "f": [{ "g": 3 }, 4], "h": "i" }'.indexOf(word);
  expect(shown(astAround(tree!, at('1')))).toEqual({ a: { b: { c: [1] }, d: {} }, f: [], h: 'i' });
  expect(shown(astAround(tree!, at('"g"')))).toEqual({ a: {}, f: [{ g: 3 }, 4], h: 'i' });
  expect(shown(astAround(tree!, at('"h"')))).toEqual({ a: {}, f: [], h: 'i' });
});
