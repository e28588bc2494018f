/** Of a training setting: what it counts, and what it comes to in the runs of this spec after overrides, methods and sweep, with the place that says so. */
import { findNodeAtOffset, getNodePath, type JSONPath } from 'jsonc-parser';
import { gridOf, sweepPoints } from '../../runner/plan/cells';
import { mergeTraining } from '../../runner/plan/merge';
import type { Path } from '../../runner/spec/types';
import type { Spec } from '../../schemas/generated/spec';
import type { SpecDocument } from '../documents';
import type { SpecText } from '../naming/spec-texts';
import { unitOf } from '../tokens/units';
import { saidIn } from './origin';

/** Values that are shown of a setting: a hover is no report. */
const most = 6;

/** Markdown paragraphs for the key or value at an offset; none where no setting of a training is. */
export function mergedAt(document: SpecDocument, offset: number, chain: readonly SpecText[]): string[] {
  const node = document.tree && findNodeAtOffset(document.tree, offset, true);
  if (!node || ['object', 'array', 'property'].includes(node.type)) return [];
  const path = getNodePath(node);
  const unit = unitOf(path);
  const key = trainingKey(path);
  const { spec } = document.spec;
  return [...(unit ? [`Unit: ${unit}`] : []), ...(key && spec ? mergedTable(spec, key, chain) : [])];
}

/** The setting at a path such as `training/batch_size` or `methods/lora/training/batch_size`. */
function trainingKey(path: JSONPath): string | undefined {
  const at = path.lastIndexOf('training');
  const key = path[at + 1];
  return at >= 0 && typeof key === 'string' ? key : undefined;
}

/** `training.batch_size`, and the spec that says so where it is another one. */
function placeText(source: Path, chain: readonly SpecText[]): string {
  const file = saidIn(chain, [...source]);
  return `${source.join('.')}${file === undefined ? '' : ` in ${file}`}`;
}

function mergedTable(spec: Spec, key: string, chain: readonly SpecText[]): string[] {
  const methods = new Map<string, { source: string; value: string; names: Set<string> }>();
  for (const cell of gridOf(spec).cells)
    for (const point of sweepPoints(spec.sweep)) {
      const merged = mergeTraining(spec, cell, point)[key];
      if (!merged) continue;
      const value = JSON.stringify(merged.value);
      const source = merged.source === 'default' ? 'default' : placeText(merged.source, chain);
      const entry = methods.get(`${value} ${source}`) ?? { source, value, names: new Set() };
      entry.names.add(cell.from);
      methods.set(`${value} ${source}`, entry);
    }
  const rows = [...methods.values()].map(
    ({ value, source, names }) => `| \`${value}\` | ${source} | ${[...names].join(', ')} |`,
  );
  if (rows.length === 0) return [];
  const left = rows.length - most;
  return [
    ['| in runs | says | of the methods |', '| --- | --- | --- |', ...rows.slice(0, most)].join('\n'),
    ...(left > 0 ? [`and ${left} more: \`medpeft plan --json\` has all`] : []),
  ];
}
