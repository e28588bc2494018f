/** Every place of a text where a name of the spec stands: as the key that defines it, or as a use, also as a part of a longer literal. */
import type { Node } from 'jsonc-parser';
import { type Literal, visitLiterals } from '../literals';
import { placeAt, type Section, sections } from '../places';

export interface Occurrence {
  name: string;
  /** The sections that the name may be of: one where it is defined, two where a group or an adapter may stand. */
  of: readonly Section[];
  is: 'definition' | 'use';
  /** Of the name alone, as it is written, without quotes. */
  offset: number;
  length: number;
  /** The key of a setting in `sweep`: its words are parted by dots, so that such a name can hold none. */
  inSetting?: true;
}

const known = new WeakMap<Node, readonly Occurrence[]>();

/** In the order of the text; found once for each tree. */
export function occurrencesIn(tree: Node | undefined): readonly Occurrence[] {
  if (!tree) return [];
  const before = known.get(tree);
  if (before) return before;
  const found: Occurrence[] = [];
  visitLiterals(tree, (literal) => {
    const occurrence = occurrenceAt(literal);
    if (occurrence) found.push(occurrence);
  });
  known.set(tree, found);
  return found;
}

/** The name that a literal holds; undefined where it holds none. */
function occurrenceAt({ node, path, isKey: key }: Literal): Occurrence | undefined {
  if (node.type !== 'string') return undefined;
  const text = String(node.value);
  if (key && path.length === 2 && path[0] === 'sweep') return inSetting(node, text);
  const place = placeAt(path, key ? 'key' : 'value');
  // What an escape stands for is not as long as the escape; names have none.
  const whole = { offset: node.offset + 1, length: Math.max(0, text.length) };
  switch (place?.is) {
    case 'definition':
      return { name: text, of: [place.section], is: 'definition', ...whole };
    case 'reference':
      return { name: text, of: place.to, is: 'use', ...whole };
    case 'split': {
      const [name = ''] = text.split('/');
      return { name, of: ['datasets'], is: 'use', offset: whole.offset, length: name.length };
    }
    default:
      return undefined;
  }
}

/** `adapters.lora8.rank` as a key of `sweep`. */
function inSetting(node: Node, text: string): Occurrence | undefined {
  const [word, name] = text.split('.');
  const section = sections.find((candidate) => candidate === word);
  if (!section || name === undefined) return undefined;
  const offset = node.offset + 1 + section.length + 1;
  return { name, of: [section], is: 'use', offset, length: name.length, inSetting: true };
}

export const covers = ({ offset, length }: Pick<Occurrence, 'offset' | 'length'>, at: number) =>
  offset <= at && at <= offset + length;
