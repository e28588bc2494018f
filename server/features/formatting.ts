/** Formatting of the whole text, a range, or what has just been closed or left behind; comments stay. */
import { findNodeAtOffset, type Node } from 'jsonc-parser';
import type { LanguageService } from 'vscode-json-languageservice';
import type { FormattingOptions, Range, TextEdit } from 'vscode-languageserver/node';
import { isWhole, type SpecDocument } from '../documents';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const formatting: Feature = {
  capabilities: () => ({
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: [']', '\n'] },
  }),
  listen: ({ connection, documents, json, safely }) => {
    connection.onDocumentFormatting(
      safely('textDocument/formatting', ({ textDocument, options }) => {
        const document = documents.get(textDocument.uri);
        return document && isWhole(document) ? formatOf(json, document, undefined, options) : [];
      }),
    );
    connection.onDocumentRangeFormatting(
      safely('textDocument/rangeFormatting', ({ textDocument, range, options }) => {
        const document = documents.get(textDocument.uri);
        return document && isWhole(document) ? formatOf(json, document, range, options) : [];
      }),
    );
    connection.onDocumentOnTypeFormatting(
      safely('textDocument/onTypeFormatting', ({ textDocument, position, ch, options }) => {
        const document = documents.get(textDocument.uri);
        const range = document && typedRange(document, document.text.offsetAt(position), ch);
        // lines stay as they are broken: who types knows why
        return range ? formatOf(json, document, range, { ...options, keepLines: true }) : [];
      }),
    );
  },
};

/** jsonc-parser 3.3.1 has a table of indents of up to 200 characters, and answers one of exactly 200 with an edit that has no text. */
const unwritten = 200;

function formatOf(
  json: LanguageService,
  { text }: SpecDocument,
  range: Range | undefined,
  options: FormattingOptions & { keepLines?: boolean },
): TextEdit[] {
  const indent = (options.insertSpaces ? ' ' : '\t').repeat(unwritten);
  return json.format(text, range, options).map((edit) => ({ ...edit, newText: edit.newText ?? `\n${indent}` }));
}

/** The object or list that was closed; the line that was left. Nothing within comments, texts and what is not closed yet. */
function typedRange({ text, tree }: SpecDocument, offset: number, typed: string): Range | undefined {
  if (typed === '\n') {
    const line = text.positionAt(offset).line - 1;
    const start = { line, character: 0 };
    const end = text.positionAt(text.offsetAt({ line: line + 1, character: 0 }) - 1);
    const inText = tree && findNodeAtOffset(tree, offset)?.type === 'string';
    return line < 0 || inText ? undefined : { start, end };
  }
  const inText = tree && findNodeAtOffset(tree, offset - 1)?.type === 'string';
  const closed = tree && !inText && endingAt(tree, offset);
  return closed ? rangeOf(text, closed) : undefined;
}

function endingAt(node: Node, offset: number): Node | undefined {
  if ((node.type === 'object' || node.type === 'array') && node.offset + node.length === offset) return node;
  return (node.children ?? [])
    .filter((child) => child.offset < offset && offset <= child.offset + child.length)
    .map((child) => endingAt(child, offset))
    .find((found) => found !== undefined);
}
