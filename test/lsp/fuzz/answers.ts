/** Everything that can be asked of a text, and what must hold of the answers. */
import type { Diagnostic, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Client } from '../client';

const options = { tabSize: 2, insertSpaces: true };

/** Asks for every feature at once. @returns the answers by method; a handler that fails rejects */
export async function askAll(client: Client, document: TextDocument, offset: number): Promise<Record<string, unknown>> {
  const textDocument = { uri: document.uri };
  const position = document.positionAt(offset);
  const range = { start: document.positionAt(0), end: document.positionAt(document.getText().length) };
  const { items } = await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
  const at = { textDocument, position };
  const of = { textDocument };
  const questions: [name: string, params: object][] = [
    ...['completion', 'hover', 'definition', 'documentHighlight', 'prepareRename', 'signatureHelp'].map(
      (name): [string, object] => [name, at],
    ),
    ...['documentSymbol', 'foldingRange', 'codeLens', 'documentLink', 'semanticTokens/full'].map(
      (name): [string, object] => [name, of],
    ),
    ['references', { ...at, context: { includeDeclaration: true } }],
    ['selectionRange', { textDocument, positions: [position] }],
    ['formatting', { textDocument, options }],
    ['rangeFormatting', { textDocument, range, options }],
    ['codeAction', { textDocument, range, context: { diagnostics: items } }],
    ['codeAction', { textDocument, range, context: { diagnostics: items, only: ['source.fixAll'] } }],
    ...['}', ']', '\n'].map((ch): [string, object] => ['onTypeFormatting', { ...at, ch, options }]),
  ];
  const answers = await Promise.all(questions.map(([name, params]) => client.request(`textDocument/${name}`, params)));
  return { diagnostic: items, ...Object.fromEntries(questions.map(([name], i) => [`${name} ${i}`, answers[i]])) };
}

/** Ranges of answers that do not lie inside the text, and places of tokens that cannot be. */
export function outside(document: TextDocument, answers: unknown): unknown[] {
  const lines = document.getText().split(/\r\n|\r|\n/);
  const within = ({ line, character }: Range['start']) =>
    line >= 0 && line < lines.length && character >= 0 && character <= lines[line]!.length;
  return rangesIn(answers).filter(
    ({ start, end }) => !(within(start) && within(end) && document.offsetAt(start) <= document.offsetAt(end)),
  );
}

/** Every range in an answer, however deep. */
function rangesIn(answer: unknown): Range[] {
  if (Array.isArray(answer)) return answer.flatMap(rangesIn);
  if (typeof answer !== 'object' || answer === null) return [];
  const { start, end } = answer as Partial<Range>;
  if (start && end && typeof start.line === 'number') return [answer as Range];
  return Object.values(answer).flatMap(rangesIn);
}

/** The text of a document that is open, formatted. */
export async function formatted(client: Client, document: TextDocument): Promise<string> {
  const params = { textDocument: { uri: document.uri }, options };
  return TextDocument.applyEdits(document, await client.request<TextEdit[]>('textDocument/formatting', params));
}

/** The text of a document that is open after a rename; undefined where nothing can be renamed. */
export async function renamed(client: Client, document: TextDocument, offset: number, newName: string) {
  const at = { textDocument: { uri: document.uri }, position: document.positionAt(offset) };
  const edit = await client.request<WorkspaceEdit | null>('textDocument/rename', { ...at, newName });
  const edits = edit?.changes?.[document.uri];
  return edits && TextDocument.applyEdits(document, edits);
}
