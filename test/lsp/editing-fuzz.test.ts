/** Broken texts again, for what moves and edits: no handler fails, ranges lie inside, formatting settles at once, a rename can be taken back. */
import { describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { goodSpec } from './fixture';
import { useServer } from './session';

const session = useServer({ textDocument: { diagnostic: {} } });

const windows = goodSpec.replaceAll('\n', '\r\n');
const astral = goodSpec.replaceAll('norms', 'n😀𝒩').replace('// one', '/* 🩻 */ // one');

/** Text and the offset of the cursor. */
function* brokenTexts(): Generator<[string, number]> {
  for (const text of [goodSpec, windows, astral])
    for (let offset = 3; offset <= text.length; offset += 31) {
      yield [text.slice(0, offset), offset];
      yield [text.slice(0, offset) + text.slice(offset + 5), offset];
      yield [`${text.slice(0, offset)}"{[,:${text.slice(offset)}`, offset + 2];
    }
  const strange = ['', '[]', 'null', '"', '{', '{"methods":[1]}', '{"sweep":{"adapters.":1,".":2,"":3}}', '// only'];
  const names = [
    '{"methods":{"":{"combine":{"text":[[]]}}},"exclude":[{"method":""}]}',
    '{"adapters":{"peft_type":"LORA"}}',
  ];
  const hostile = [
    '{"methods":{"__proto__":{},"constructor":{}},"compare":{"reference":"__proto__"}}',
    '{"extends":"."}',
  ];
  for (const text of [...strange, ...names, ...hostile])
    for (const at of [0, text.length >> 1, text.length]) yield [text, at];
}

function isInside(document: TextDocument, { start, end }: Range): boolean {
  const lines = document.getText().split(/\r\n|\r|\n/);
  const within = ({ line, character }: Range['start']) =>
    line >= 0 && line < lines.length && character >= 0 && character <= lines[line]!.length;
  return within(start) && within(end) && document.offsetAt(start) <= document.offsetAt(end);
}

function rangesIn(answer: unknown): Range[] {
  if (Array.isArray(answer)) return answer.flatMap(rangesIn);
  if (typeof answer !== 'object' || answer === null) return [];
  const { start, end } = answer as Partial<Range>;
  if (start && end && typeof start.line === 'number') return [answer as Range];
  return Object.values(answer).flatMap(rangesIn);
}

describe('broken texts', () => {
  it('never make a handler fail, and every range lies inside', { timeout: 180_000 }, async () => {
    const { client } = session;
    const uri = session.freshUri();
    const options = { tabSize: 2, insertSpaces: true };
    await client.open(uri, '');
    let version = 1;
    for (const [text, offset] of brokenTexts()) {
      await client.change(uri, ++version, text);
      const document = TextDocument.create(uri, 'medpeft', version, text);
      const textDocument = { uri };
      const position = document.positionAt(offset);
      const range = { start: document.positionAt(0), end: document.positionAt(text.length) };
      const { items } = await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
      const answers = await Promise.all([
        ...['documentHighlight', 'prepareRename', 'signatureHelp'].map((method) =>
          client.request(`textDocument/${method}`, { textDocument, position }),
        ),
        client.request('textDocument/references', { textDocument, position, context: { includeDeclaration: true } }),
        client.request<CodeAction[]>('textDocument/codeAction', {
          textDocument,
          range,
          context: { diagnostics: items },
        }),
        client.request('textDocument/codeAction', {
          textDocument,
          range,
          context: { diagnostics: items, only: ['source.fixAll'] },
        }),
        ...['}', ']', '\n'].map((ch) =>
          client.request('textDocument/onTypeFormatting', { textDocument, position, ch, options }),
        ),
      ]);
      const tokens = await client.request<{ data: number[] }>('textDocument/semanticTokens/full', { textDocument });
      expect(tokens.data.every((value) => value >= 0)).toBe(true);
      const outside = rangesIn(answers).filter((one) => !isInside(document, one));
      if (outside.length > 0) expect.soft({ text, outside }).toEqual({ text, outside: [] });
    }
    expect(client.log).toEqual([]);
  });

  it('are formatted once and for all', async () => {
    const { client } = session;
    const format = async (text: string) => {
      const document = await session.open(text);
      const edits = await client.request<TextEdit[]>('textDocument/formatting', {
        textDocument: { uri: document.uri },
        options: { tabSize: 2, insertSpaces: true },
      });
      await client.close(document.uri);
      return TextDocument.applyEdits(document, edits);
    };
    for (const text of [goodSpec, windows, astral])
      for (let offset = 0; offset <= text.length; offset += 97) {
        const once = await format(text.slice(0, offset) + text.slice(offset + 3));
        expect(await format(once)).toBe(once);
      }
  });
});

it('a rename from any place can be taken back', async () => {
  const { client } = session;
  for (const text of [goodSpec, windows])
    for (let offset = 0; offset < text.length; offset += 5) {
      const document = await session.open(text);
      const position = document.positionAt(offset);
      const textDocument = { uri: document.uri };
      const found = await client.request<{ placeholder: string } | null>('textDocument/prepareRename', {
        textDocument,
        position,
      });
      if (found) {
        const there = await client.request<WorkspaceEdit>('textDocument/rename', {
          textDocument,
          position,
          newName: 'quite-another',
        });
        const renamed = TextDocument.applyEdits(document, there.changes![document.uri]!);
        expect(renamed).not.toBe(text);
        await client.change(document.uri, 2, renamed);
        const back = await client.request<WorkspaceEdit>('textDocument/rename', {
          textDocument,
          position: TextDocument.create('a:b', 'medpeft', 0, renamed).positionAt(renamed.indexOf('quite-another')),
          newName: found.placeholder,
        });
        const after = TextDocument.create(document.uri, 'medpeft', 2, renamed);
        expect(TextDocument.applyEdits(after, back.changes![document.uri]!)).toBe(text);
      }
      await client.close(document.uri);
    }
});
