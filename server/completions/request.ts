/** Where a completion is asked for, found in broken text too. */
import { getLocation, type JSONPath } from 'jsonc-parser';
import { type CompletionItem, CompletionItemKind, type Range } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import type { Facts } from '../facts';
import { type Definition, definitionsIn } from '../names';
import { type Place, placeAt } from '../places';

export interface CompletionRequest {
  document: SpecDocument;
  facts: Facts;
  path: JSONPath;
  place: Place;
  /** Of the literal that is being typed, quotes included; empty where nothing stands yet. */
  range: Range;
  /** The literal up to the cursor, without its quote; undefined where there is no string yet. */
  typed: string | undefined;
  /** Same, from the cursor to the literal's end. */
  rest: string;
  definitions: readonly Definition[];
}

/** Proposes values for one kind of place; undefined where it has nothing to say. One file a source, one line in sources.ts. */
export type CompletionSource = (request: CompletionRequest) => CompletionItem[] | Promise<CompletionItem[]> | undefined;

/** Undefined where no value of ours can stand: in keys, comments, numbers and wherever the schema alone knows. */
export function completionRequest(document: SpecDocument, offset: number, facts: Facts): CompletionRequest | undefined {
  const text = document.text.getText();
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const place = isAtPropertyKey ? undefined : placeAt(path, 'value');
  if (!place) return undefined;
  // The previous node may also be one that ends before the cursor.
  const literal = previousNode && previousNode.offset < offset && offset <= previousNode.offset + previousNode.length;
  const node = literal ? previousNode : undefined;
  if (node && node.type !== 'string') return undefined;
  const raw = node ? text.slice(node.offset, node.offset + node.length) : '';
  const closed = raw.length > 1 && raw.endsWith('"');
  // Behind the closing quote the value is complete.
  if (node && closed && offset === node.offset + node.length) return undefined;
  // An unclosed literal swallows the rest of its line: only what stands before the cursor is the user's word.
  const end = node && closed ? node.offset + node.length : offset;
  const start = node?.offset ?? offset;
  return {
    document,
    facts,
    path,
    place,
    range: { start: document.text.positionAt(start), end: document.text.positionAt(end) },
    typed: node && text.slice(node.offset + 1, offset),
    rest: node && closed ? text.slice(offset, end - 1) : '',
    definitions: definitionsIn(document.tree),
  };
}

/** An item that replaces the whole literal. */
export function valueItem(
  { range }: CompletionRequest,
  value: string,
  about: { kind?: CompletionItemKind; detail?: string; documentation?: string; order?: number } = {},
): CompletionItem {
  const newText = JSON.stringify(value);
  return {
    label: value,
    kind: about.kind ?? CompletionItemKind.Reference,
    detail: about.detail,
    documentation: about.documentation ? { kind: 'markdown', value: about.documentation } : undefined,
    // Editors match this against the text that is replaced, which begins with the quote.
    filterText: newText,
    sortText: `${about.order ?? 0}${value}`,
    textEdit: { range, newText },
  };
}
