/** Where in a spec an offset lies. */
import { getLocation, type Location, type Node } from 'jsonc-parser';

/**
 * What `getLocation` says of the whole text, which it reads from its start: where the offset is within the entry of a section, the entry alone is read.
 * @param root of a text without syntax errors; undefined where it has some
 */
export function locationAt(
  text: string,
  root: Node | undefined,
  offset: number,
): Pick<Location, 'path' | 'isAtPropertyKey' | 'previousNode'> {
  const section = propertyAt(root, offset);
  const entry = propertyAt(section?.children?.[1], offset);
  if (!section || !entry) return getLocation(text, offset);
  const { offset: begin, length } = section.children![0]!;
  const before = `{${text.slice(begin, begin + length)}:{`;
  const moved = entry.offset - before.length;
  const {
    path,
    isAtPropertyKey,
    previousNode: node,
  } = getLocation(before + text.slice(entry.offset, entry.offset + entry.length), offset - moved);
  return { path, isAtPropertyKey, previousNode: node && { ...node, offset: node.offset + moved } };
}

/** The property of an object that the offset is within. */
function propertyAt(node: Node | undefined, offset: number): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.find((property) => property.offset < offset && offset < property.offset + property.length);
}
