import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic, Hover, MarkupContent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pulling, pushing, uriOf } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const has = (code: string) => (diagnostics: Diagnostic[]) => diagnostics.some((found) => found.code === code);

interface Mistake {
  name: string;
  from: string;
  to: string;
  code: string;
  marked: string;
  message: RegExp;
  /** What the marked text becomes, where there is a nearest known word. */
  fixed?: string;
}

const mistakes: Mistake[] = [
  {
    name: 'an unknown data set',
    from: '"test": ["rad/test"]',
    to: '"test": ["rda/test"]',
    code: 'MP1101',
    marked: 'rda',
    message: /data set "rda"/,
    fixed: 'rad',
  },
  {
    name: 'a misspelt key',
    from: '"num_epochs": 2',
    to: '"num_epoch": 2',
    code: 'MP1002',
    marked: 'num_epoch',
    message: /num_epoch/,
    fixed: 'num_epochs',
  },
  {
    name: 'a misspelt word',
    from: '"kind": "attention"',
    to: '"kind": "atention"',
    code: 'MP1005',
    marked: 'atention',
    message: /atention/,
    fixed: 'attention',
  },
  {
    name: 'a misspelt name of a group',
    from: '"*": "norms"',
    to: '"*": "norm"',
    code: 'MP1101',
    marked: 'norm',
    message: /"norm"/,
    fixed: 'norms',
  },
  {
    name: 'a group that matches no tensor',
    from: '"norms": { "kind": "layernorm" }',
    to: '"norms": { "kind": "layernorm", "layers": "7-9" }',
    code: 'MP1103',
    marked: 'norms',
    message: /"norms" matches no tensor/,
  },
  {
    name: 'a missing model',
    from: '"path": "models/tiny"',
    to: '"path": "models/big"',
    code: 'MP3001',
    marked: 'models/big',
    message: /models\/big/,
  },
  {
    name: 'missing data',
    from: '"path": "data/rad"',
    to: '"path": "data/none"',
    code: 'MP2001',
    marked: 'data/none',
    message: /data\/none/,
  },
];

describe('diagnostics that are pushed', () => {
  const session = useServer(pushing);

  it('has nothing to say about a good spec', async () => {
    const uri = session.freshUri();
    // The second comes from the disk.
    let count = 0;
    const answered = session.client.pushed(uri, () => ++count === 2);
    await session.client.open(uri, goodSpec);
    expect(await answered).toEqual([]);
  });

  it.each(mistakes)('marks $name, says why and what to do', async ({ from, to, code, marked, message, fixed }) => {
    const text = change(goodSpec, from, to);
    const uri = session.freshUri();
    const document = TextDocument.create(uri, 'medpeft', 1, text);
    const answered = session.client.pushed(uri, has(code));
    await session.client.open(uri, text);
    const found = (await answered).find((diagnostic) => diagnostic.code === code)!;
    expect(document.getText(found.range)).toBe(marked);
    expect(found.message).toMatch(message);
    expect(found.source).toBe('medpeft');
    expect(found.codeDescription?.href).toMatch(new RegExp(`/docs/diagnostics\\.md#${code.toLowerCase()}-`));
    const actions = await session.client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: found.range,
      context: { diagnostics: [found] },
    });
    if (fixed === undefined) return expect(actions.filter(({ title }) => title.startsWith("Change to '"))).toEqual([]);
    expect(actions[0]).toMatchObject({ title: `Change to '${fixed}'`, kind: 'quickfix', isPreferred: true });
    const edits = actions[0]!.edit!.changes![uri]!;
    expect(TextDocument.applyEdits(document, edits)).toBe(
      change(text, marked === 'norm' ? '"norm"' : marked, marked === 'norm' ? `"${fixed}"` : fixed),
    );
  });

  it('marks all mistakes of a spec at once', async () => {
    const several = ['an unknown data set', 'a misspelt key', 'a group that matches no tensor', 'missing data'];
    const chosen = mistakes.filter(({ name }) => several.includes(name));
    const text = chosen.reduce((spec, { from, to }) => change(spec, from, to), goodSpec);
    const uri = session.freshUri();
    const answered = session.client.pushed(uri, (diagnostics) => chosen.every(({ code }) => has(code)(diagnostics)));
    await session.client.open(uri, text);
    const document = TextDocument.create(uri, 'medpeft', 1, text);
    const found = (await answered).map(({ code, range, data }) => [code, document.getText(range), data?.suggestion]);
    expect(found).toEqual([
      ['MP2001', 'data/none', undefined],
      ['MP1101', 'rda', 'rad'],
      // once for each method that names it
      ['MP1103', 'norms', undefined],
      ['MP1103', 'norms', undefined],
      ['MP1002', 'num_epoch', 'num_epochs'],
    ]);
  });

  it('keeps what the disk said at its place while the text changes round it', async () => {
    const text = change(goodSpec, '"path": "models/tiny"', '"path": "models/big"');
    const uri = session.freshUri();
    const answered = session.client.pushed(uri, has('MP3001'));
    await session.client.open(uri, text);
    await answered;
    const longer = `// a line more\n${text}`;
    const next = session.client.pushed(uri, () => true);
    await session.client.change(uri, 2, longer);
    const found = (await next).find(({ code }) => code === 'MP3001')!;
    expect(TextDocument.create(uri, 'medpeft', 2, longer).getText(found.range)).toBe('models/big');
  });

  it('looks again when a file that the spec depends on changes', async () => {
    const { at } = session.fixture;
    const uri = session.freshUri();
    const text = change(goodSpec, '"path": "data/rad"', '"path": "data/later"');
    const missing = session.client.pushed(uri, has('MP2001'));
    await session.client.open(uri, text);
    await missing;
    renameSync(at('data/rad'), at('data/later'));
    try {
      const gone = session.client.pushed(uri, (diagnostics) => !has('MP2001')(diagnostics));
      await session.client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uriOf(at('data/later/trainset.json')), type: 1 }],
      });
      expect(await gone).toEqual([]);
    } finally {
      renameSync(at('data/later'), at('data/rad'));
    }
  });

  it('tells of a checkpoint that is cut while the spec is open, and of one that is whole again', async () => {
    const { at } = session.fixture;
    cpSync('test/fixtures/workspace/model', at('models/cut'), { recursive: true });
    const weights = at('models/cut/model.safetensors');
    const whole = readFileSync(weights);
    const uri = session.freshUri();
    let answers = 0;
    const sound = session.client.pushed(uri, () => ++answers === 2);
    const text = change(
      goodSpec,
      '"miss", "path": "models/tiny"',
      '"blip_vqa", "path": "models/cut", "normalization": "clip"',
    );
    await session.client.open(uri, text);
    expect((await sound).map(({ code }) => code)).toEqual([]);
    const position = TextDocument.create(uri, 'medpeft', 1, text).positionAt(text.indexOf('"norms": {') + 2);
    const hovered = async () => {
      const found = await session.client.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
      return (found.contents as MarkupContent).value;
    };
    expect(await hovered()).toContain('| trained |');
    const changed = (bytes: Uint8Array) => {
      writeFileSync(weights, bytes);
      return session.client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uriOf(weights), type: 2 }],
      });
    };
    const told = session.client.pushed(uri, has('MP3002'));
    await changed(whole.subarray(0, whole.length >> 1));
    expect((await told).map(({ code }) => code)).toEqual(['MP3002']);
    expect(await hovered()).toMatch(/model\.safetensors.* ends at byte/);
    const mended = session.client.pushed(uri, (diagnostics) => !has('MP3002')(diagnostics));
    await changed(whole);
    expect(await mended).toEqual([]);
    expect(await hovered()).toContain('| trained |');
  });

  it('looks again when a spec that is extended changes', async () => {
    const base = session.fixture.at('base.medpeft.json');
    writeFileSync(base, goodSpec);
    const uri = session.freshUri();
    let answers = 0;
    const good = session.client.pushed(uri, () => ++answers === 2);
    await session.client.open(uri, '{ "version": 1, "extends": "base.medpeft.json" }');
    expect(await good).toEqual([]);
    writeFileSync(base, change(goodSpec, '"*": "norms"', '"*": "nothing"'));
    const bad = session.client.pushed(uri, has('MP1101'));
    await session.client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf(base), type: 2 }],
    });
    expect((await bad).map(({ code }) => code)).toEqual(['MP1101']);
  });

  it('takes its marks away when the document is closed', async () => {
    const uri = session.freshUri();
    const shown = session.client.pushed(uri, has('MP1001'));
    await session.client.open(uri, '{ "version": ');
    await shown;
    const cleared = session.client.pushed(uri, () => true);
    await session.client.close(uri);
    expect(await cleared).toEqual([]);
  });

  it('judges an unsaved text by its structure alone', async () => {
    const uri = 'untitled:Untitled-1';
    const text = change(goodSpec, '"num_epochs"', '"num_epoch"');
    const answered = session.client.pushed(uri, has('MP1002'));
    await session.client.open(uri, text);
    expect((await answered).map(({ code }) => code)).toEqual(['MP1002']);
  });
});

describe('diagnostics that are pulled', () => {
  const session = useServer(pulling);

  it('is announced to editors that can pull, and nothing is pushed to them', async () => {
    expect(session.client.initialized.capabilities.diagnosticProvider).toEqual({
      interFileDependencies: true,
      workspaceDiagnostics: false,
    });
  });

  it('answers with the structure at once and asks to be asked again when the disk has answered', async () => {
    const { client } = session;
    const uri = session.freshUri();
    const pull = () =>
      client.request<{ kind: string; items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } });
    const refreshed = new Promise<void>((resolve) => {
      client.rpc.onRequest('workspace/diagnostic/refresh', () => {
        resolve();
        return null;
      });
    });
    let pushes = 0;
    void client.pushed(uri, () => ++pushes > 0);
    await client.open(uri, change(goodSpec, '"path": "models/tiny"', '"path": "models/big"'));
    expect(await pull()).toEqual({ kind: 'full', items: [] });
    await refreshed;
    expect((await pull()).items.map(({ code }) => code)).toEqual(['MP3001']);
    expect(pushes).toBe(0);
  });
});

describe('diagnostics pulled by an editor that cannot be told to ask again', () => {
  const session = useServer({ textDocument: { diagnostic: {} } });

  it('answers when the answer is complete', async () => {
    const document = await session.open(change(goodSpec, '"path": "models/tiny"', '"path": "models/big"'));
    const { items } = await session.client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument: { uri: document.uri },
    });
    expect(items.map(({ code }) => code)).toEqual(['MP3001']);
  });
});
