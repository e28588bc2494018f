/** Text -> syntax tree and value: JSON with comments and trailing commas. Every syntax error and every duplicate key is reported. */
import { getNodePath, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Diagnostic } from '../errors';
import { lazy } from '../once';
import { type Places, placesOf } from './places';

export interface Parsed {
  tree: Node | undefined;
  places: Places;
  readonly value: unknown;
  isBroken: boolean;
  /** Offset of the first syntax error; what stands behind it may have been misread. Infinite where none is. */
  brokenFrom: number;
  /** Every syntax error and every duplicate key. */
  diagnostics(): Diagnostic[];
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
  const value = lazy(() => tree && getNodeValue(tree));
  return {
    tree,
    places,
    get value() {
      return value();
    },
    isBroken: errors.length > 0,
    brokenFrom: errors.reduce((least, { offset }) => Math.min(least, offset), Number.POSITIVE_INFINITY),
    diagnostics: lazy(() => [...syntaxErrors(text, errors, places), ...(tree ? duplicateKeys(tree, places) : [])]),
  };
}

function syntaxErrors(text: string, errors: readonly ParseError[], places: Places): Diagnostic[] {
  const mistake = { code: 'MP1001', severity: 'error' } as const;
  if (text.trim() === '')
    return [
      {
        ...mistake,
        path: [],
        message: 'The spec is empty',
        hint: 'write { "version": 1 } to begin with',
        range: places.range([], 'owner'),
      },
    ];
  return firstOfEachLine(text, errors).map(({ error, offset, length }): Diagnostic => {
    const name = printParseErrorCode(error);
    return {
      ...mistake,
      path: [],
      message: `Not valid JSON: ${words[name] ?? name}`,
      hint: 'repair this place or the one just before it; what follows may have been misread',
      range: places.between(...visible(text, offset, length)),
    };
  });
}

/** One mistake makes the parser complain several times on a line, and again at the end of the text; the first complaint says most. */
function firstOfEachLine(text: string, errors: readonly ParseError[]): ParseError[] {
  const end = text.trimEnd().length;
  // of the errors so far: how far the last one begins, and how far they reach
  let [begun, reached] = [-1, -1];
  return errors.filter(({ offset, length }) => {
    const isFirst = begun < lineStart(text, offset) && reached < end;
    begun = Math.max(begun, offset);
    reached = Math.max(reached, offset + length);
    return isFirst;
  });
}

function lineStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !'\r\n'.includes(text[start - 1]!)) start--;
  return start;
}

/** Offsets of an error; of the last character of the text for what is missing at its end, so that there is something to underline. */
function visible(text: string, offset: number, length: number): [number, number] {
  if (text.slice(offset).trim() !== '') return [offset, Math.min(text.length, offset + length)];
  const end = text.trimEnd().length;
  return [Math.max(0, end - 1), end];
}

function duplicateKeys(tree: Node, places: Places): Diagnostic[] {
  const found: Diagnostic[] = [];
  const inside = ({ offset, length }: Node) => places.between(offset + 1, offset + length - 1);
  const enter = (node: Node | undefined): void => {
    if (node?.type === 'array') node.children?.forEach(enter);
    if (node?.type !== 'object') return;
    const seen = new Map<string, Node>();
    for (const property of node.children ?? []) {
      const [key, value] = property.children!;
      const name = String(key!.value);
      const first = seen.get(name);
      if (first)
        found.push({
          code: 'MP1006',
          severity: 'error',
          message: `The key "${name}" stands twice in the same object`,
          hint: 'keep one of the two, or rename one',
          path: getNodePath(key!),
          range: inside(key!),
          related: [{ message: 'it stands here first', range: inside(first) }],
        });
      else seen.set(name, key!);
      enter(value);
    }
  };
  enter(tree);
  return found;
}
