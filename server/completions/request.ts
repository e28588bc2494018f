/** Where a completion is asked for, found in broken text too. */
import type { JSONPath } from 'jsonc-parser';
import { type CompletionItem, CompletionItemKind, type Range } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import type { Facts } from '../facts';
import { type Place, placeAt, type Section } from '../places';
import { rangeOf } from '../ranges';
import { locationAt } from './location';

export interface CompletionRequest {
  document: SpecDocument;
  path: JSONPath;
  place: Place;
  /** Of the literal that is being typed, quotes included; empty where nothing stands yet. */
  range: Range;
  /** The literal up to the cursor, without its quote; undefined where there is no string yet. */
  typed: string | undefined;
  /** Same, from the cursor to the literal's end. */
  rest: string;
}

/** Proposes values for one kind of place; undefined where it has nothing to say. One file a source, one line in sources.ts. */
export type CompletionSource = (
  request: CompletionRequest,
  facts: Facts,
) => CompletionItem[] | Promise<CompletionItem[]> | undefined;

/**
 * What is asked for at an offset. `schema` where the schema alone knows: in keys, numbers, and where no place of ours is;
 * `nothing` behind a value that is complete.
 */
export function completionRequest(document: SpecDocument, offset: number): CompletionRequest | 'schema' | 'nothing' {
  const { spec } = document;
  const text = document.text.getText();
  const { path, isAtPropertyKey, previousNode } = locationAt(text, spec.isBroken ? undefined : spec.tree, offset);
  const place = isAtPropertyKey ? undefined : placeAt(path, 'value');
  if (!place) return 'schema';
  // The previous node may also be one that ends before the cursor.
  const literal = previousNode && previousNode.offset < offset && offset <= previousNode.offset + previousNode.length;
  if (!literal) {
    const at = document.text.positionAt(offset);
    return { document, path, place, range: { start: at, end: at }, typed: undefined, rest: '' };
  }
  if (previousNode.type !== 'string') return 'schema';
  const begin = previousNode.offset;
  const end = begin + previousNode.length;
  const closed = previousNode.length > 1 && text[end - 1] === '"';
  if (closed && offset === end) return 'nothing';
  const typed = text.slice(begin + 1, offset);
  const rest = closed ? text.slice(offset, end - 1) : '';
  // A literal that nobody has closed takes in what follows it, up to the next quote or the end of the line: not the user's word.
  const own = closed && !(place.is !== 'path' && /[{}[\],:]/.test(rest));
  const range = rangeOf(document.text, { offset: begin, length: (own ? end : offset) - begin });
  return { document, path, place, range, typed, rest: own ? rest : '' };
}

/** What an item carries, so that it can be explained. */
export interface NamedItem {
  uri: string;
  section: Section;
  name: string;
}

/** An item that replaces the whole literal. */
export function valueItem(
  { range, document }: CompletionRequest,
  value: string,
  about: {
    kind?: CompletionItemKind;
    detail?: string;
    documentation?: string;
    order?: number;
    /** The name that is proposed, to be explained when somebody looks at it. */
    named?: Omit<NamedItem, 'uri'>;
  } = {},
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
    ...(about.named ? { data: { uri: document.uri, ...about.named } satisfies NamedItem } : {}),
  };
}
