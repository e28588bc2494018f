/** The names of a spec in its text: where they are defined and where they are used. */
import { findNodeAtLocation, findNodeAtOffset, getNodePath, type JSONPath, type Node } from 'jsonc-parser';
import { type Place, placeAt, type Section, sections } from './places';

export interface Definition {
  section: Section;
  name: string;
  key: Node;
  value: Node | undefined;
}

/** A literal of the text and what stands there. */
export interface Spot {
  node: Node;
  path: JSONPath;
  place: Place;
  text: string;
}

const known = new WeakMap<Node, readonly Definition[]>();

/** All definitions in the order of the text; a name that is defined twice stands twice. Found once for each tree. */
export function definitionsIn(tree: Node | undefined): readonly Definition[] {
  if (!tree) return [];
  const before = known.get(tree);
  if (before) return before;
  const found = sections.flatMap((section) =>
    propertiesOf(findNodeAtLocation(tree, [section])).map(({ key, value }) => ({
      section,
      name: String(key.value),
      key,
      value,
    })),
  );
  known.set(tree, found);
  return found;
}

/** What the literal at an offset is: a definition, a reference, a split, a metric or a path. */
export function spotAt(tree: Node | undefined, offset: number): Spot | undefined {
  const node = tree && findNodeAtOffset(tree, offset, true);
  if (node?.type !== 'string') return undefined;
  const path = getNodePath(node);
  const place = placeAt(path, isKey(node) ? 'key' : 'value');
  return place && { node, path, place, text: String(node.value) };
}

/** The definition that a spot means; the data set for a split. Undefined for a name that nothing in this text defines. */
export function definitionOf(definitions: readonly Definition[], spot: Spot): Definition | undefined {
  const { place, text } = spot;
  switch (place.is) {
    case 'definition':
      return definitions.find(({ section, name }) => section === place.section && name === text);
    case 'reference':
      return definitions.find(({ section, name }) => place.to.includes(section) && name === text);
    case 'split':
      return definitions.find(({ section, name }) => section === 'datasets' && name === text.split('/')[0]);
    case 'metric':
    case 'path':
      return undefined;
  }
}

/** Properties of an object node, also of one that is being typed. */
export function propertiesOf(node: Node | undefined): { key: Node; value: Node | undefined }[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key ? [{ key, value }] : [];
  });
}

export const isKey = (node: Node) => node.parent?.type === 'property' && node.parent.children?.[0] === node;
