/** What a hint is made from, and the shape of a source of hints. */
import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import type { SpecDocument } from '../documents';
import { isKey } from '../names';
import type { SpecFacts } from '../plans/plan-facts';
import type { HintKind } from '../settings';

export interface HintRequest {
  document: SpecDocument;
  tree: Node;
  /** Undefined while the plan is being made, and where the spec has errors. */
  facts: SpecFacts | undefined;
}

export interface Hint {
  kind: HintKind;
  /** The key or value that it stands behind. */
  node: Node;
  label: string;
  /** Markdown. */
  tooltip: string;
}

/** One kind of hint; one file a source, one line in sources.ts. */
export type HintSource = (request: HintRequest) => Hint[];

/** The key of the property at a path; undefined where this text has none. */
export function keyAt(tree: Node, path: JSONPath): Node | undefined {
  const key = findNodeAtLocation(tree, path)?.parent?.children?.[0];
  return key && isKey(key) ? key : undefined;
}

/** `7`, or `7–12` where runs differ. */
export function spanOf(values: readonly number[], show: (value: number) => string = counted): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(show) as [string, string];
  return low === high ? low : `${low}–${high}`;
}

export const counted = (value: number) => value.toLocaleString('en');

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
