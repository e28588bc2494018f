/** Ranges of nodes and texts. */
import type { Node } from 'jsonc-parser';
import type { Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';

export function rangeOf(text: TextDocument, node: Pick<Node, 'offset' | 'length'>): Range {
  return { start: text.positionAt(node.offset), end: text.positionAt(node.offset + node.length) };
}

/** A node without its quotes if it is a string; an unclosed one has only the first. */
export function insideOf(text: TextDocument, node: Node): Range {
  if (node.type !== 'string') return rangeOf(text, node);
  const literal = text.getText().slice(node.offset, node.offset + node.length);
  const closed = literal.length > 1 && literal.endsWith('"');
  return rangeOf(text, { offset: node.offset + 1, length: node.length - (closed ? 2 : 1) });
}
