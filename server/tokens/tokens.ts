/** What the words of a spec are, beyond JSON: names by what they name, predefined words, roles, metrics, numbers with a unit. */
import { getNodePath, type Node } from 'jsonc-parser';
import { predefined } from '../../runner/methods';
import { isRole } from '../../runner/methods/targets';
import { isKey } from '../names';
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
  return [...names, ...wordsIn(tree)].sort((a, b) => a.offset - b.offset);
}

function wordsIn(node: Node | undefined): Token[] {
  if (!node) return [];
  if (node.type === 'number') {
    const unit = unitOf(getNodePath(node));
    return unit ? [{ offset: node.offset, length: node.length, type: 'number', modifiers: [unit] }] : [];
  }
  if (node.type !== 'string') return (node.children ?? []).flatMap(wordsIn);
  const type = isKey(node) ? undefined : wordType(node);
  const inside = { offset: node.offset + 1, length: String(node.value).length };
  return type && inside.length > 0 ? [{ ...inside, type, modifiers: [] }] : [];
}

function wordType(node: Node): Token['type'] | undefined {
  const path = getNodePath(node);
  const word = String(node.value);
  const place = placeAt(path, 'value');
  if (place?.is === 'reference') return predefined.some((known) => known === word) ? 'keyword' : undefined;
  if (place?.is === 'metric') return 'enumMember';
  const list = path[0] === 'adapters' && (path[2] === 'targets' || path[2] === 'feedforward_targets');
  return list && isRole(word) ? 'enumMember' : undefined;
}
