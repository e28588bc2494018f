/** References, highlights, rename and workspace symbols at real places of a text, within one spec and across `extends`. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type {
  DefinitionLink,
  DocumentHighlight,
  Location,
  Range,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cursor, uriOf } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

/** Every name kind in use, also in lists, rates, splits, selectors, sweeps and grids. */
const full = change(
  change(
    goodSpec,
    '"compare": { "reference": "base" },',
    `"compare": { "reference": "base" },
  "overrides": [{ "model": "tiny", "task": ["vqa"], "method": "lora", "components": { "*": ["norms"] } }],
  "exclude": [{ "method": ["layernorm"], "reason": "x" }],
  "expect": [{ "method": "grid-norms-lora8", "test": "rad/test", "metric": "exact_match", "better_than": "base" }],
  "sweep": { "adapters.lora8.rank": [4, 8] },`,
  ),
  '"base": {},',
  '"base": {}, "grid": { "combine": { "vision_encoder": ["frozen", "norms"], "text": ["norms", "lora8"] }, "learning_rate": 1e-3 },',
);

const written = (document: TextDocument, range: Range) => {
  const line = document.getText().split('\n')[range.start.line]!;
  return `${document.getText(range)} in ${line.slice(Math.max(0, range.start.character - 8), range.end.character + 3)}`;
};

async function highlights(text: string, marked: string, plain: string) {
  const { document, result } = await session.at<DocumentHighlight[]>(
    change(text, plain, marked),
    'textDocument/documentHighlight',
  );
  return result.map(({ range, kind }) => `${kind === 3 ? 'defined' : 'used'}: ${written(document, range)}`);
}

describe('highlights', () => {
  it.each([
    ['a model', '"models": { "tiny"', '"models": { "ti|ny"', 2],
    ['a data set', '"train": ["rad/train"]', '"train": ["r|ad/train"]', 5],
    ['a task', '"task": ["vqa"]', '"task": ["vq|a"]', 2],
    ['a group', '"*": "norms"', '"*": "nor|ms"', 7],
    ['an adapter', '"adapters.lora8.rank"', '"adapters.lo|ra8.rank"', 5],
    ['a method', '"reference": "base"', '"reference": "|base"', 3],
  ])('%s wherever it is named', async (_what, plain, marked, count) => {
    const found = await highlights(full, marked, plain);
    expect(found).toHaveLength(count);
    expect(found.filter((one) => one.startsWith('defined'))).toHaveLength(1);
  });

  it('mark the name alone, not what stands about it', async () => {
    expect(await highlights(full, '"datasets": { "r|ad"', '"datasets": { "rad"')).toEqual([
      'defined: rad in ts": { "rad": ',
      'used: rad in ain": ["rad/tr',
      'used: rad in from": "rad/tr',
      'used: rad in est": ["rad/te',
      'used: rad in test": "rad/te',
    ]);
  });

  it.each([
    ['a predefined name', '["frozen", "norms"]', '["fro|zen", "norms"]'],
    ['a word of the language', '"kind": "layernorm"', '"kind": "layer|norm"'],
    ['a split itself', '"test": ["rad/test"]', '"test": ["rad/te|st"]'],
    ['a key', '"compare": {', '"com|pare": {'],
  ])('none for %s', async (_what, plain, marked) => {
    expect(await highlights(full, marked, plain)).toEqual([]);
  });
});

/** Three specs: a base, and two that extend it. */
async function family(own: string) {
  const base = session.fixture.at('shared-base.medpeft.json');
  writeFileSync(base, goodSpec);
  const sibling = session.fixture.at('sibling.medpeft.json');
  const siblingText =
    '{ "version": 1, "extends": "shared-base.medpeft.json", "exclude": [{ "method": "lora", "reason": "slow" }] }';
  writeFileSync(sibling, siblingText);
  const { text, offset } = cursor(own);
  const document = await session.open(text);
  const texts = new Map([
    [uriOf(base), TextDocument.create(uriOf(base), 'medpeft', 0, goodSpec)],
    [uriOf(sibling), TextDocument.create(uriOf(sibling), 'medpeft', 0, siblingText)],
    [document.uri, document],
  ]);
  return { document, position: document.positionAt(offset), texts, base: uriOf(base), sibling: uriOf(sibling) };
}

const heir = '{ "version": 1, "extends": "shared-base.medpeft.json", "compare": { "reference": "lo|ra" } }';

describe('references', () => {
  it.each([
    [true, 3],
    [false, 2],
  ])('across extends, with the definition: %s', async (includeDeclaration, count) => {
    const { document, position, texts, base, sibling } = await family(heir);
    const found = await session.client.request<Location[]>('textDocument/references', {
      textDocument: { uri: document.uri },
      position,
      context: { includeDeclaration },
    });
    expect(found.map(({ uri, range }) => texts.get(uri)!.getText(range))).toEqual(Array(count).fill('lora'));
    expect(new Set(found.map(({ uri }) => uri))).toEqual(
      new Set([document.uri, sibling, ...(includeDeclaration ? [base] : [])]),
    );
    await session.client.close(document.uri);
  });
});

async function rename(text: string, newName: string): Promise<{ text: string }> {
  const { text: plain, offset } = cursor(text);
  const document = await session.open(plain);
  const params = { textDocument: { uri: document.uri }, position: document.positionAt(offset), newName };
  const edit = await session.client.request<WorkspaceEdit | null>('textDocument/rename', params);
  return { text: edit ? TextDocument.applyEdits(document, edit.changes?.[document.uri] ?? []) : plain };
}

describe('rename', () => {
  it.each([
    ['a model', '"models": { "tiny"', '"models": { "ti|ny"', 'small'],
    ['a data set', '"datasets": { "rad"', '"datasets": { "ra|d"', 'vqa-rad'],
    ['a task', '"tasks": {\n    "vqa"', '"tasks": {\n    "v|qa"', 'answers'],
    ['a group', '"parameter_groups": { "norms"', '"parameter_groups": { "n|orms"', 'ln'],
    ['an adapter', '"adapters": { "lora8"', '"adapters": { "lora|8"', 'low_rank'],
    ['a method', '"grid": {', '"gri|d": {', 'all-cells'],
  ])('%s everywhere, and back again gives the same text', async (_what, plain, marked, name) => {
    const from = cursor(change(full, plain, marked));
    const there = await rename(change(full, plain, marked), name);
    expect(there.text).not.toBe(full);
    const document = await session.open(there.text);
    const shown = await session.client.request<DocumentHighlight[]>('textDocument/documentHighlight', {
      textDocument: { uri: document.uri },
      position: document.positionAt(there.text.indexOf(`"${name}"`) + 1),
    });
    const before = await session.client.request<DocumentHighlight[]>('textDocument/documentHighlight', {
      textDocument: { uri: (await session.open(full)).uri },
      position: TextDocument.create('a:b', 'medpeft', 0, full).positionAt(from.offset),
    });
    expect(shown).toHaveLength(before.length);
    const at = there.text.indexOf(`"${name}"`) + 2;
    const old = full.slice(from.offset).match(/^[\w.-]*/)![0];
    const whole = full.slice(0, from.offset).match(/[\w.-]*$/)![0] + old;
    expect((await rename(`${there.text.slice(0, at)}|${there.text.slice(at)}`, whole)).text).toBe(full);
  });

  it('changes what is made of the name: cells of a grid', async () => {
    const { text } = await rename(change(full, '"adapters": { "lora8"', '"adapters": { "lora|8"'), 'lr');
    expect(text).toContain('"method": "grid-norms-lr"');
    expect(text).toContain('"adapters.lr.rank"');
  });

  it('edits every spec that shares the name', async () => {
    const { document, position, texts, base, sibling } = await family(heir);
    const edit = await session.client.request<WorkspaceEdit>('textDocument/rename', {
      textDocument: { uri: document.uri },
      position,
      newName: 'low',
    });
    const renamed = (uri: string) => TextDocument.applyEdits(texts.get(uri)!, edit.changes![uri]!);
    expect(renamed(document.uri)).toContain('"reference": "low"');
    expect(renamed(base)).toContain('"low": { "components"');
    expect(renamed(sibling)).toContain('"method": "low"');
  });

  it.each([
    ['a name that is taken', 'attn', 'already a name'],
    ['the name of an adapter for a group', 'lora8', 'already a name'],
    ['a predefined name', 'all', 'predefined'],
    ['no name at all', '8 bits', 'cannot be a name'],
  ])('refuses %s', async (_what, name, words) => {
    await expect(rename(change(full, '"*": "norms"', '"*": "no|rms"'), name)).rejects.toThrow(words);
  });

  it('refuses a dot where a sweep names it', async () => {
    await expect(rename(change(full, '"lora8": 3e-4', '"lor|a8": 3e-4'), 'a.b')).rejects.toThrow('no dot');
  });

  it('says beforehand what would be renamed', async () => {
    const { document, result } = await session.at<{ range: Range; placeholder: string }>(
      change(full, '"test": ["rad/test"]', '"test": ["ra|d/test"]'),
      'textDocument/prepareRename',
    );
    expect([document.getText(result.range), result.placeholder]).toEqual(['rad', 'rad']);
    const split = await session.at(
      change(full, '"test": ["rad/test"]', '"test": ["rad/te|st"]'),
      'textDocument/prepareRename',
    );
    expect(split.result).toBeNull();
  });
});

it('the definition of a cell is its grid', async () => {
  const { document, result } = await session.at<DefinitionLink[]>(
    change(full, '"method": "grid-norms-lora8"', '"method": "grid-no|rms-lora8"'),
    'textDocument/definition',
  );
  expect(document.getText(result[0]!.targetSelectionRange)).toBe('"grid"');
});

it('workspace symbols are the names of all specs', async () => {
  const document = await session.open(change(goodSpec, '"lora": {', '"quite_another": {'));
  const found = await session.client.request<SymbolInformation[]>('workspace/symbol', { query: 'qtanth' });
  expect(found.map(({ name, containerName, location }) => [name, containerName, location.uri])).toEqual([
    ['quite_another', 'methods', document.uri],
  ]);
});
