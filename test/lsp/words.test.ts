/** Semantic tokens, signature help and formatting as one types, at real places of a text. */
import { describe, expect, it } from 'vitest';
import type { SemanticTokens, SignatureHelp, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cursor } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

async function tokens(text: string, range?: object): Promise<string[]> {
  const document = await session.open(text);
  const { data } = await session.client.request<SemanticTokens>(
    `textDocument/semanticTokens/${range ? 'range' : 'full'}`,
    { textDocument: { uri: document.uri }, range },
  );
  const { legend } = session.client.initialized.capabilities.semanticTokensProvider!;
  const found: string[] = [];
  let [line, character] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    const [lines, characters, length, type, bits] = data.slice(i, i + 5) as [number, number, number, number, number];
    character = lines > 0 ? characters : character + characters;
    line += lines;
    const word = document.getText({ start: { line, character }, end: { line, character: character + length } });
    const modifiers = legend.tokenModifiers.filter((_, bit) => (bits >> bit) & 1);
    found.push([word, legend.tokenTypes[type], ...modifiers].join(' '));
  }
  return found;
}

describe('semantic tokens', () => {
  it('tell names by what they name, roles, metrics and numbers by their unit', async () => {
    expect(await tokens(goodSpec)).toEqual([
      'tiny class declaration',
      'rad struct declaration',
      'vqa function declaration',
      'rad struct',
      'rad struct',
      '0.1 number share',
      'rad struct',
      'exact_match enumMember',
      'closed_accuracy enumMember',
      'exact_match enumMember',
      'norms variable declaration',
      'attn variable declaration',
      'lora8 interface declaration',
      'query enumMember',
      'value enumMember',
      'base method declaration',
      'layernorm method declaration',
      'norms variable',
      '1e-3 number rate',
      'lora method declaration',
      'norms variable',
      'lora8 interface',
      'norms variable',
      '1e-3 number rate',
      'lora8 interface',
      '3e-4 number rate',
      '4 number items',
      'base method',
    ]);
  });

  it.each([
    ['a predefined word', '"*": "norms"', '"*": "all"', 'all keyword', true],
    ['a list of rates', '"learning_rate": 1e-3 }', '"learning_rate": [1e-3, 2e-3] }', '2e-3 number rate', true],
    [
      'the name in a setting of a sweep',
      '"compare":',
      '"sweep": { "adapters.lora8.rank": [4] }, "compare":',
      'lora8 interface',
      true,
    ],
    ['no name that nothing defines', '"*": "norms"', '"*": "nothing"', 'nothing variable', false],
  ])('%s', async (_what, from, to, token, expected) => {
    expect((await tokens(change(goodSpec, from, to))).includes(token)).toBe(expected);
  });

  it('of a range alone', async () => {
    const line = goodSpec.split('\n').findIndex((one) => one.includes('"models"'));
    const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
    expect(await tokens(goodSpec, range)).toEqual(['tiny class declaration']);
  });
});

describe('signature help', () => {
  it.each([
    ['a data set', '["rad/test"]', '["ra|d/test"]', 'dataset/split', 'dataset', '`rad`'],
    ['a split', '["rad/test"]', '["rad/te|st"]', 'dataset/split', 'split', '`train`, `test`'],
    ['an empty text', '["rad/test"]', '["|"]', 'dataset/split', 'dataset', '`rad`'],
    ['a range of layers', '"kind": "attention"', '"layers": "8-|11"', 'first-last, layer, …', 'first-last', '8-11'],
    ['a further layer', '"kind": "attention"', '"layers": "8-11,|3"', 'first-last, layer, …', 'layer', 'commas'],
    [
      'a section to sweep',
      '"compare":',
      '"sweep": { "ada|pters.lora8.rank": [4] }, "compare":',
      'section.name.setting',
      'section',
      '`adapters`',
    ],
    [
      'a name to sweep',
      '"compare":',
      '"sweep": { "adapters.lo|ra8.rank": [4] }, "compare":',
      'section.name.setting',
      'name',
      '`lora8`',
    ],
    [
      'a setting to sweep',
      '"compare":',
      '"sweep": { "training.ba|tch_size": [4] }, "compare":',
      'training.setting',
      'setting',
      '`batch_size`',
    ],
  ])('of %s', async (_what, from, to, label, part, says) => {
    const { result } = await session.at<SignatureHelp>(change(goodSpec, from, to), 'textDocument/signatureHelp');
    const [signature] = result.signatures;
    const active = signature!.parameters![result.activeParameter!]!;
    expect([signature!.label, active.label]).toEqual([label, part]);
    expect((active.documentation as { value: string }).value).toContain(says);
  });

  it.each([
    ['a name', '"*": "norms"', '"*": "no|rms"'],
    ['behind a value', '["rad/test"]', '["rad/test"|]'],
    ['a key', '"compare":', '"com|pare":'],
  ])('none for %s', async (_what, from, to) => {
    expect((await session.at(change(goodSpec, from, to), 'textDocument/signatureHelp')).result).toBeNull();
  });
});

describe('formatting as one types', () => {
  const options = { tabSize: 2, insertSpaces: true };
  it.each([
    ['the object that is closed', '{\n  "a":   {"b":1}|, "c":   2 }', '}', '{\n  "a":   { "b": 1 }, "c":   2 }'],
    ['the list that is closed', '{\n  "a":   [1,2]|, "c":   2 }', ']', '{\n  "a":   [ 1, 2 ], "c":   2 }'],
    ['the line that is left', '{\n  "a":1,   // why\n|\n"c":   2 }', '\n', '{\n  "a": 1, // why\n\n"c":   2 }'],
    ['nothing within a comment', '{ // }|\n"a":1 }', '}', '{ // }\n"a":1 }'],
    ['nothing that is not closed', '{ "a": "}|', '}', '{ "a": "}'],
  ])('%s', async (_what, marked, ch, expected) => {
    const { text, offset } = cursor(marked);
    const document = await session.open(text);
    const edits = await session.client.request<TextEdit[]>('textDocument/onTypeFormatting', {
      textDocument: { uri: document.uri },
      position: document.positionAt(offset),
      ch,
      options,
    });
    expect(TextDocument.applyEdits(document, edits)).toBe(expected);
  });
});
