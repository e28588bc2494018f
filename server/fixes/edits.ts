/** Edits of the text that keep its comments and its way of breaking lines. */
import type { Node } from 'jsonc-parser';
import type { TextEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { rangeOf } from '../ranges';

export function replace(text: TextDocument, node: Pick<Node, 'offset' | 'length'>, newText: string): TextEdit {
  return { range: rangeOf(text, node), newText };
}

/** A property at the end of an object, on a line of its own where the last one has one. */
export function insertProperty(text: TextDocument, object: Node, key: string, value: string): TextEdit {
  const whole = text.getText();
  const property = `${JSON.stringify(key)}: ${value}`;
  const last = object.children?.at(-1);
  if (!last)
    return replace(text, { offset: object.offset + 1, length: 0 }, ` ${property}${spaceBefore(whole, object)}`);
  const lineStart = whole.lastIndexOf('\n', last.offset - 1) + 1;
  const indent = whole.slice(lineStart, last.offset);
  const lead = /^\s*$/.test(indent) && lineStart > object.offset ? `${endOfLine(whole)}${indent}` : ' ';
  return replace(text, { offset: last.offset + last.length, length: 0 }, `,${lead}${property}`);
}

/** A property or an entry of a list, with the comma that parts it from its neighbour. */
export function removeMember(text: TextDocument, member: Node): TextEdit {
  const whole = text.getText();
  const siblings = member.parent?.children ?? [member];
  const i = siblings.indexOf(member);
  const next = siblings[i + 1];
  const previous = siblings[i - 1];
  const end = member.offset + member.length;
  const { offset, length } = member.parent ?? member;
  if (
    siblings.length === 1 &&
    /^.\s*$/.test(whole.slice(offset, member.offset)) &&
    /^,?\s*.$/.test(whole.slice(end, offset + length))
  )
    return replace(text, { offset: offset + 1, length: length - 2 }, '');
  if (next && !previous) return replace(text, { offset: member.offset, length: next.offset - member.offset }, '');
  const from = previous ? previous.offset + previous.length : member.offset;
  const comma = !next && /^\s*,/.exec(whole.slice(end));
  return replace(text, { offset: from, length: end + (comma && !previous ? comma[0].length : 0) - from }, '');
}

/** The member that holds a value: its property in an object, itself in a list. */
export const memberOf = (value: Node): Node => (value.parent?.type === 'property' ? value.parent : value);

const spaceBefore = (whole: string, { offset, length }: Node) =>
  /\s/.test(whole.slice(offset + 1, offset + length - 1)) ? '' : ' ';

const endOfLine = (whole: string) => (whole.includes('\r\n') ? '\r\n' : '\n');
