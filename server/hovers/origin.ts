/** Which of the specs that extend each other says what stands at a place. */
import path from 'node:path';
import { findNodeAtLocation, findNodeAtOffset, getNodePath, getNodeValue, type JSONPath } from 'jsonc-parser';
import type { SpecText } from '../naming/spec-texts';
import type { HoverSource } from './request';

interface Layer {
  file: string;
  value: unknown;
}

/** What each spec says there, nearest first; those that say nothing are left out. @param chain the spec, then those that it extends */
function layersAt(chain: readonly Pick<SpecText, 'file' | 'tree'>[], at: JSONPath): Layer[] {
  return chain.flatMap(({ file, tree }) => {
    const node = tree && findNodeAtLocation(tree, at);
    return node ? [{ file, value: getNodeValue(node) as unknown }] : [];
  });
}

/** A file as the spec that is hovered over would name it. */
const shown = (file: string, [own]: readonly Pick<SpecText, 'file'>[]) =>
  path.relative(path.dirname(own!.file), file).replaceAll('\\', '/');

/** The spec that says what stands at a place; undefined where it is the one that is hovered over. */
export function saidIn(chain: readonly Pick<SpecText, 'file' | 'tree'>[], at: JSONPath): string | undefined {
  const [nearest] = layersAt(chain, at);
  return nearest && nearest.file !== chain[0]?.file ? shown(nearest.file, chain) : undefined;
}

/** Of a value that takes the place of one in a spec that is extended: which. Objects take no place, they are merged key by key. */
export function replacedAt(chain: readonly Pick<SpecText, 'file' | 'tree'>[], offset: number): string[] {
  const node = chain[0]?.tree && findNodeAtOffset(chain[0].tree, offset, true);
  const at = node && getNodePath(node);
  if (!at || typeof at.at(-1) !== 'string') return [];
  const [own, base] = layersAt(chain, at);
  const merges = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!own || !base || own.file !== chain[0]?.file || merges(base.value)) return [];
  return [`In place of \`${JSON.stringify(base.value)}\` in ${shown(base.file, chain)}.`];
}

/** Of a name: the specs whose settings are laid over each other. */
export const origin: HoverSource = ({ chain, section, name }) => {
  const layers = layersAt(chain, [section, name]);
  const [nearest, ...further] = layers.map(({ file }) => shown(file, chain));
  if (nearest === undefined) return [];
  const isOwn = layers[0]?.file === chain[0]?.file;
  if (further.length === 0) return isOwn ? [] : [`From ${nearest}.`];
  return [`${isOwn ? 'What this spec says' : `From ${nearest},`} laid over ${further.join(', ')}.`];
};
