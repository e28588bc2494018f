/** What the words of a spec are, beyond JSON: names by what they name, predefined words, roles, metrics, numbers with a unit. */
import type { JSONPath, Node } from 'jsonc-parser';
import { predefined } from '../../runner/methods';
import { isRole } from '../../runner/methods/targets';
import { type Literal, visitLiterals } from '../literals';
import { occurrencesIn } from '../naming/occurrences';
import { placeAt, type Section } from '../places';
import { unitOf, units } from './units';

/** The standard types of the protocol, so that every theme has a colour for them. */
export const tokenTypes = [
  'class',
  'struct',
  'function',
  'variable',
  'interface',
  'method',
  'keyword',
  'enumMember',
  'number',
] as const;
export const tokenModifiers = ['declaration', ...units] as const;

export interface Token {
  offset: number;
  length: number;
  type: (typeof tokenTypes)[number];
  modifiers: readonly (typeof tokenModifiers)[number][];
}

const typeOf: Readonly<Record<Section, Token['type']>> = {
  models: 'class',
  datasets: 'struct',
  tasks: 'function',
  parameter_groups: 'variable',
  adapters: 'interface',
  methods: 'method',
};

/** In the order of the text. @param sectionOf which of several sections defines a name; undefined for one that nothing defines */
export function tokensIn(
  tree: Node | undefined,
  sectionOf: (name: string, of: readonly Section[]) => Section | undefined,
): Token[] {
  const names = occurrencesIn(tree).flatMap(({ name, of, is, offset, length }): Token[] => {
    if (predefined.some((word) => word === name)) return [];
    const section = is === 'definition' ? of[0] : sectionOf(name, of);
    if (!section || length === 0) return [];
    return [{ offset, length, type: typeOf[section], modifiers: is === 'definition' ? ['declaration'] : [] }];
  });
  const words: Token[] = [];
  visitLiterals(tree, (literal) => {
    const word = wordAt(literal);
    if (word) words.push(word);
  });
  return [...names, ...words].sort((a, b) => a.offset - b.offset);
}

function wordAt({ node, path, isKey }: Literal): Token | undefined {
  if (node.type === 'number') {
    const unit = unitOf(path);
    return unit && { offset: node.offset, length: node.length, type: 'number', modifiers: [unit] };
  }
  const word = String(node.value);
  const type = isKey || word === '' ? undefined : wordType(path, word);
  return type && { offset: node.offset + 1, length: word.length, type, modifiers: [] };
}

function wordType(path: JSONPath, word: string): Token['type'] | undefined {
  const place = placeAt(path, 'value');
  if (place?.is === 'reference') return predefined.some((known) => known === word) ? 'keyword' : undefined;
  if (place?.is === 'metric') return 'enumMember';
  const list = path[0] === 'adapters' && (path[2] === 'targets' || path[2] === 'feedforward_targets');
  return list && isRole(word) ? 'enumMember' : undefined;
}
