/** Broken texts: whatever is asked of the server, it answers without an error and within the text, and it stays the same server. */
import { describe, expect, it } from 'vitest';
import type { Diagnostic, Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { uriOf } from './client';
import { goodSpec } from './fixture';
import { useServer } from './session';

/** Every range in an answer, however deep. */
function rangesIn(answer: unknown): Range[] {
  if (Array.isArray(answer)) return answer.flatMap(rangesIn);
  if (typeof answer !== 'object' || answer === null) return [];
  const { start, end } = answer as Partial<Range>;
  if (start && end && typeof start.line === 'number') return [answer as Range];
  return Object.values(answer).flatMap(rangesIn);
}

function isInside(document: TextDocument, { start, end }: Range): boolean {
  const lines = document.getText().split(/\r\n|\r|\n/);
  const within = ({ line, character }: Range['start']) =>
    line >= 0 && line < lines.length && character >= 0 && character <= lines[line]!.length;
  return within(start) && within(end) && document.offsetAt(start) <= document.offsetAt(end);
}

const methodsAtPosition = ['completion', 'hover', 'definition'];
const methodsOfDocument = ['documentSymbol', 'foldingRange', 'codeLens', 'documentLink'];

/** Text and the offset of the cursor. */
function* brokenTexts(): Generator<[string, number]> {
  const windows = goodSpec.replaceAll('\n', '\r\n');
  const astral = goodSpec.replaceAll('norms', '😀𝒩').replace('// one', '/* 🩻 */ // one');
  for (const text of [goodSpec, windows, astral])
    for (let offset = 0; offset <= text.length; offset += 7) yield [text.slice(0, offset), offset];
  for (let offset = 0; offset <= goodSpec.length; offset += 7) {
    yield [goodSpec.slice(0, offset) + goodSpec.slice(offset + 5), offset];
    yield [`${goodSpec.slice(0, offset)}"{[,:${goodSpec.slice(offset)}`, offset + 2];
  }
  const strange = [
    '',
    ' ',
    '\ufeff{}',
    '[]',
    'null',
    '"',
    '{',
    '}{',
    '[[[[',
    '{"models":{"a":',
    '{"methods":[]}',
    '// only',
    '/* open',
  ];
  const hostile = [
    '{"tasks":{"constructor":{"type":"toString","metrics":[""]}}}',
    '{"__proto__":{"a":1},"methods":{"__proto__":{}}}',
  ];
  const wrong = [
    '{"models":{"a":{"path":1}},"extends":{},"methods":{"m":{"components":[1]}}}',
    '{"version":1e999,"name":"\\ud800"}',
  ];
  const deep = `{"sweep":${'['.repeat(400)}`;
  for (const text of [...strange, ...hostile, ...wrong, deep]) for (const at of [0, text.length]) yield [text, at];
}

describe('broken texts', () => {
  const session = useServer({ textDocument: { diagnostic: {} } });

  it('never make a handler fail, and every range lies inside', { timeout: 180_000 }, async () => {
    const { client } = session;
    const uri = session.freshUri();
    await client.open(uri, '');
    let version = 1;
    for (const [text, offset] of brokenTexts()) {
      await client.change(uri, ++version, text);
      const document = TextDocument.create(uri, 'medpeft', version, text);
      const textDocument = { uri };
      const position = document.positionAt(offset);
      const answers = await Promise.all([
        ...methodsAtPosition.map((method) => client.request(`textDocument/${method}`, { textDocument, position })),
        ...methodsOfDocument.map((method) => client.request(`textDocument/${method}`, { textDocument })),
        client.request('textDocument/diagnostic', { textDocument }),
        client.request('textDocument/formatting', { textDocument, options: { tabSize: 2, insertSpaces: true } }),
        client.request('textDocument/selectionRange', { textDocument, positions: [position] }),
      ]);
      const outside = rangesIn(answers).filter((range) => !isInside(document, range));
      if (outside.length > 0) expect.soft({ text, outside }).toEqual({ text, outside: [] });
    }
    expect(client.log).toEqual([]);
  });

  it('edits piece by piece are the same as the whole text', async () => {
    const { client, fixture } = session;
    const uri = uriOf(fixture.at('pieces.medpeft.json'));
    const ask = async (of: string) =>
      (await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri: of } })).items;
    await client.open(uri, goodSpec);
    let text = goodSpec;
    // A fixed sequence of pseudo-random edits: remove up to 9 characters, put a few in.
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state % below;
    };
    for (let version = 2; version < 60; version++) {
      const document = TextDocument.create(uri, 'medpeft', version - 1, text);
      const from = random(text.length);
      const to = Math.min(text.length, from + random(9));
      const piece = ['', '"', '{', '}', ',\n', '😀', 'norms', ': 1'][random(8)]!;
      const range = { start: document.positionAt(from), end: document.positionAt(to) };
      text = text.slice(0, document.offsetAt(range.start)) + piece + text.slice(document.offsetAt(range.end));
      await client.rpc.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range, text: piece }],
      });
      const fresh = session.freshUri();
      await client.open(fresh, text);
      expect(await ask(uri)).toEqual(await ask(fresh));
      await client.close(fresh);
    }
  });
});
