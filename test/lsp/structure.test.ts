import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type {
  CodeLens,
  DefinitionLink,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  SelectionRange,
  TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { uriOf } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

async function whole<R>(
  text: string,
  method: string,
  more: object = {},
): Promise<{ document: TextDocument; result: R }> {
  const document = await session.open(text);
  const params = { textDocument: { uri: document.uri }, ...more };
  return { document, result: await session.client.request<R>(method, params) };
}

describe('definition', () => {
  it.each([
    ['a group in a component', '"*": "norms"', '"*": "no|rms"', '"norms"', '"norms": { "kind": "layernorm" }'],
    ['an adapter in a list', '"lora8"] }', '"lor|a8"] }', '"lora8"', '"lora8": { "type": "lora"'],
    [
      'a name as the key of a rate',
      '{ "norms": 1e-3',
      '{ "no|rms": 1e-3',
      '"norms"',
      '"norms": { "kind": "layernorm" }',
    ],
    ['the data set of a split', '"test": ["rad/test"]', '"test": ["rad/te|st"]', '"rad"', '"rad": {'],
    ['a method to compare with', '"reference": "base"', '"reference": "ba|se"', '"base"', '"base": {}'],
    ['a name where it is defined', '"base": {}', '"ba|se": {}', '"base"', '"base": {}'],
  ])('of %s', async (_name, from, to, key, defined) => {
    const marked = change(goodSpec, from, to);
    const { document, result } = await session.at<DefinitionLink[]>(marked, 'textDocument/definition');
    expect(document.getText(result[0]!.targetSelectionRange)).toBe(key);
    expect(document.getText(result[0]!.targetRange)).toContain(defined);
  });

  it.each([
    ['a predefined name', '"*": "norms"', '"*": "al|l"'],
    ['a name that nothing defines', '"*": "norms"', '"*": "nor|m"'],
    ['a word of the language', '"kind": "layernorm"', '"kind": "layer|norm"'],
  ])('none of %s', async (_name, from, to) => {
    expect((await session.at(change(goodSpec, from, to), 'textDocument/definition')).result).toBeNull();
  });

  it('in the spec that is extended', async () => {
    const base = session.fixture.at('base.medpeft.json');
    writeFileSync(base, goodSpec);
    const { result } = await session.at<DefinitionLink[]>(
      '{ "version": 1, "extends": "base.medpeft.json", "compare": { "reference": "lo|ra" } }',
      'textDocument/definition',
    );
    const { targetUri, targetSelectionRange } = result[0]!;
    expect(targetUri).toBe(uriOf(base));
    expect(TextDocument.create(targetUri, 'medpeft', 1, goodSpec).getText(targetSelectionRange)).toBe('"lora"');
  });
});

describe('code lenses', () => {
  it('run the spec, show its results, run each method', async () => {
    const { document, result } = await whole<CodeLens[]>(goodSpec, 'textDocument/codeLens');
    const spec = document.uri;
    expect(result.map(({ range, command }) => [document.getText(range), command?.command, command?.arguments])).toEqual(
      [
        ['{', 'medpeft.run', [{ spec }]],
        ['{', 'medpeft.dryRun', [{ spec }]],
        ['{', 'medpeft.showResults', [{ spec }]],
        ['"base"', 'medpeft.run', [{ spec, methods: ['base'] }]],
        ['"base"', 'medpeft.dryRun', [{ spec, methods: ['base'] }]],
        ['"layernorm"', 'medpeft.run', [{ spec, methods: ['layernorm'] }]],
        ['"layernorm"', 'medpeft.dryRun', [{ spec, methods: ['layernorm'] }]],
        ['"lora"', 'medpeft.run', [{ spec, methods: ['lora'] }]],
        ['"lora"', 'medpeft.dryRun', [{ spec, methods: ['lora'] }]],
      ],
    );
  });

  it('has none on an empty text', async () => {
    expect((await whole(' ', 'textDocument/codeLens')).result).toEqual([]);
  });
});

describe('links', () => {
  it('open the configuration of a model and what lies on disk', async () => {
    writeFileSync(session.fixture.at('shared.medpeft.json'), '{ "version": 1 }');
    writeFileSync(session.fixture.at('spec.schema.json'), '{}');
    mkdirSync(session.fixture.at('runs'));
    const text = [
      ['"version": 1,', '"version": 1, "$schema": "spec.schema.json", "extends": "shared.medpeft.json",'],
      ['"path": "data/rad"', '"path": "data/rad", "image_folder": "data/rad/images"'],
    ].reduce((spec, [from, to]) => change(spec, from!, to!), goodSpec);
    const { document, result } = await whole<DocumentLink[]>(text, 'textDocument/documentLink');
    const { at } = session.fixture;
    expect(result.map(({ range, target }) => [document.getText(range), target])).toEqual([
      ['spec.schema.json', uriOf(at('spec.schema.json'))],
      ['shared.medpeft.json', uriOf(at('shared.medpeft.json'))],
      ['models/tiny', uriOf(at('models/tiny/config.json'))],
      ['data/rad', uriOf(at('data/rad'))],
      ['data/rad/images', uriOf(at('data/rad/images'))],
      ['runs', uriOf(at('runs'))],
    ]);
  });

  it.each([
    ['is not there', '"models/tiny"', '"models/none"'],
    ['is an address, not a file', '"version": 1,', '"version": 1, "$schema": "https://example.org/spec.schema.json",'],
  ])('are none where what is named %s', async (_what, from, to) => {
    const { document, result } = await whole<DocumentLink[]>(change(goodSpec, from, to), 'textDocument/documentLink');
    expect(result.map(({ range }) => document.getText(range))).not.toContain(to.replaceAll('"', '').split(': ').at(-1));
  });
});

describe('outline, folding, selection and format', () => {
  it('nests symbols', async () => {
    const { result } = await whole<DocumentSymbol[]>(goodSpec, 'textDocument/documentSymbol');
    const methods = result.find(({ name }) => name === 'methods');
    expect(methods?.children?.map(({ name }) => name)).toEqual(['base', 'layernorm', 'lora']);
  });

  it('folds objects', async () => {
    const { result } = await whole<FoldingRange[]>(goodSpec, 'textDocument/foldingRange');
    expect(result).toContainEqual({ startLine: 0, endLine: goodSpec.split('\n').length - 3, kind: 'object' });
  });

  it('grows a selection', async () => {
    const text = '{ "name": "compare" }';
    const { document, result } = await whole<SelectionRange[]>(text, 'textDocument/selectionRange', {
      positions: [{ line: 0, character: 13 }],
    });
    const grown: string[] = [];
    for (let at: SelectionRange | undefined = result[0]; at; at = at.parent) grown.push(document.getText(at.range));
    expect(grown).toEqual(['compare', '"compare"', '"name": "compare"', ' "name": "compare" ', text]);
  });

  it('formats, keeps comments, and leaves what is formatted', async () => {
    const options = { tabSize: 2, insertSpaces: true };
    const format = async (text: string) => {
      const { document, result } = await whole<TextEdit[]>(text, 'textDocument/formatting', { options });
      return TextDocument.applyEdits(document, result);
    };
    const once = await format(goodSpec);
    expect(once).toContain('  // one model, one data set\n');
    expect(once).toContain('    "base": {},\n');
    expect(await format(once)).toBe(once);
  });
});
