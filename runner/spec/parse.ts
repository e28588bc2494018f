/** Text -> syntax tree and value: JSON with comments and trailing commas. Every syntax error and every duplicate key is reported. */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Diagnostic } from '../errors';
import { type Places, placesOf } from './places';

export interface Parsed {
  tree: Node | undefined;
  places: Places;
  value: unknown;
  diagnostics: Diagnostic[];
  /** Offset of the first syntax error; what stands behind it may have been misread. */
  brokenFrom: number;
}

const words: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a string in double quotes nor a number, true, false or null',
  InvalidNumberFormat: 'this is not a number as JSON writes it',
  PropertyNameExpected: 'a key in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is expected here',
  CloseBraceExpected: 'a closing brace } is missing',
  CloseBracketExpected: 'a closing bracket ] is missing',
  EndOfFileExpected: 'the spec ends before this; nothing may follow it',
  UnexpectedEndOfComment: 'this comment does not end',
  UnexpectedEndOfString: 'this string does not end on its line',
  InvalidEscapeCharacter: 'this escape is not one of JSON; write \\\\ for a backslash',
  InvalidCharacter: 'this character may not stand here as it is',
};

export function parseText(text: string): Parsed {
  const errors: ParseError[] = [];
  // A byte order mark is skipped without moving what follows it.
  const readable = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const tree = parseTree(readable, errors, { allowTrailingComma: true, disallowComments: false });
  const places = placesOf(text, tree);
  const diagnostics = firstOfEachLine(text, errors).map(({ error, offset, length }): Diagnostic => {
    const name = printParseErrorCode(error);
    return {
      code: 'MP1001',
      severity: 'error',
      message: `Not valid JSON: ${words[name] ?? name}`,
      hint: 'repair this place or the one just before it; what follows may have been misread',
      path: [],
      range: places.between(...visible(text, offset, length)),
    };
  });
  if (text.trim() === '')
    diagnostics.splice(0, diagnostics.length, {
      code: 'MP1001',
      severity: 'error',
      message: 'The spec is empty',
      hint: 'write { "version": 1 } to begin with',
      path: [],
      range: places.range([], 'owner'),
    });
  if (tree) diagnostics.push(...duplicateKeys(tree, places));
  const brokenFrom = errors.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY);
  return { tree, places, value: tree === undefined ? undefined : getNodeValue(tree), diagnostics, brokenFrom };
}

/** One mistake makes the parser complain several times on a line, and again at the end of the text; the first complaint says most. */
function firstOfEachLine(text: string, errors: readonly ParseError[]): ParseError[] {
  const sameLine = (from: number, to: number) => !/[\r\n]/.test(text.slice(from, to));
  return errors.filter(({ offset }, i) => {
    const earlier = errors.slice(0, i);
    return !earlier.some(
      (error) => sameLine(error.offset, offset) || text.slice(error.offset + error.length).trim() === '',
    );
  });
}

/** Offsets of an error; of the last character of the text for what is missing at its end, so that there is something to underline. */
function visible(text: string, offset: number, length: number): [number, number] {
  if (text.slice(offset).trim() !== '') return [offset, Math.min(text.length, offset + length)];
  const end = text.trimEnd().length;
  return [Math.max(0, end - 1), end];
}

function duplicateKeys(node: Node, places: Places, path: (string | number)[] = []): Diagnostic[] {
  if (node.type === 'array')
    return (node.children ?? []).flatMap((child, i) => duplicateKeys(child, places, [...path, i]));
  if (node.type !== 'object') return [];
  const seen = new Map<string, Node>();
  const inside = ({ offset, length }: Node) => places.between(offset + 1, offset + length - 1);
  return (node.children ?? []).flatMap((property): Diagnostic[] => {
    const [key, value] = property.children!;
    const name = String(key!.value);
    const below = value ? duplicateKeys(value, places, [...path, name]) : [];
    const first = seen.get(name);
    if (!first) {
      seen.set(name, key!);
      return below;
    }
    const again: Diagnostic = {
      code: 'MP1006',
      severity: 'error',
      message: `The key "${name}" stands twice in the same object`,
      hint: 'keep one of the two, or rename one',
      path: [...path, name],
      range: inside(key!),
      related: [{ message: 'it stands here first', range: inside(first) }],
    };
    return [again, ...below];
  });
}
