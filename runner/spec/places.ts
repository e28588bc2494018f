/** From keys to ranges of a text. Lines end with LF, CRLF or CR, as in the Language Server Protocol; columns count UTF-16 units. */
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Position, Range } from '../errors';
import { lazy } from '../once';
import type { Path } from './types';

/** What of a place is meant: its key, its value, or (for something that is missing in it) the place as an owner. */
export type Aspect = 'key' | 'value' | 'owner';

export interface Places {
  /** Whether the text itself (not a base spec) has something there. */
  has(path: Path): boolean;
  /**
   * Range of a place; of the nearest place round it where the text has nothing there. Strings and keys without their quotes.
   * @param part offsets into a string value, for a part of it
   */
  range(path: Path, aspect: Aspect, part?: readonly [number, number]): Range;
  /** Range between two offsets of the text. */
  between(begin: number, end: number): Range;
}

export function placesOf(text: string, tree: Node | undefined): Places {
  const lineStarts = lazy(() => lineStartsOf(text));
  const position = (offset: number): Position => {
    const lines = lineStarts();
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - lines[low]! };
  };
  const between = (begin: number, end: number): Range => ({ start: position(begin), end: position(end) });
  const find = (path: Path) => (tree === undefined ? undefined : findNodeAtLocation(tree, [...path]));
  const firstLine = (node: Node): Range => {
    const end = text.slice(node.offset, node.offset + node.length).search(/[\r\n]/);
    return between(node.offset, node.offset + (end < 0 ? node.length : end));
  };

  const range: Places['range'] = (path, aspect, part) => {
    const node = find(path);
    if (node === undefined) {
      if (path.length > 0) return range(path.slice(0, -1), 'owner');
      const end = text.search(/[\r\n]|$/);
      return between(0, end);
    }
    const key = keyOf(node);
    if (aspect !== 'value') return key ? between(...inside(key)) : firstLine(node);
    const [begin, end] = inside(node);
    const exact = node.type === 'string' && end - begin === String(node.value).length;
    return part && exact ? between(begin + part[0], begin + part[1]) : between(begin, end);
  };
  return { has: (path) => find(path) !== undefined, range, between };
}

/** The key node of a value that belongs to a property. */
function keyOf(node: Node): Node | undefined {
  return node.parent?.type === 'property' ? node.parent.children![0] : undefined;
}

/** Offsets of a node; of what stands between the quotes if it is a string that is not empty. */
function inside({ type, offset, length }: Node): [number, number] {
  return type === 'string' && length > 2 ? [offset + 1, offset + length - 1] : [offset, offset + length];
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return starts;
}
