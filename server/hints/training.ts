/** Beside training settings: the effective batch where gradients are accumulated, and the optimiser steps that the runs come to. */
import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import { counted, type Hint, type HintRequest, type HintSource, keyAt, spanOf } from './hint';

export const training: HintSource = (request) =>
  trainingsIn(request).flatMap(({ path, method }) => [...batch(request, path), ...steps(request, path, method)]);

interface Place {
  path: JSONPath;
  /** The method whose own settings these are. */
  method?: string;
}

function trainingsIn({ tree }: HintRequest): Place[] {
  const methods = findNodeAtLocation(tree, ['methods']);
  const names = (methods?.children ?? []).flatMap(({ children }) => children?.[0]?.value as string);
  return [
    { path: ['training'] },
    ...names.map((method): Place => ({ path: ['methods', method, 'training'], method })),
  ].filter(({ path }) => findNodeAtLocation(tree, path)?.type === 'object');
}

/** What holds at a place: its own setting, else the general one, else the default. */
function settingAt(tree: Node, path: JSONPath, key: string, fallback: number): number {
  for (const owner of [path, ['training']]) {
    const value: unknown = findNodeAtLocation(tree, [...owner, key])?.value;
    if (typeof value === 'number') return value;
  }
  return fallback;
}

function batch({ document, tree }: HintRequest, path: JSONPath): Hint[] {
  const node = findNodeAtLocation(tree, [...path, 'gradient_accumulation_steps']);
  const shown = findNodeAtLocation(tree, [...path, 'batch_size']) ?? node;
  const inherited = document.spec.spec?.training ?? {};
  const size = settingAt(tree, path, 'batch_size', inherited.batch_size ?? 16);
  const accumulated = settingAt(tree, path, 'gradient_accumulation_steps', inherited.gradient_accumulation_steps ?? 1);
  if (!shown || accumulated <= 1) return [];
  return [
    {
      kind: 'effectiveBatch',
      node: shown,
      label: `${counted(size * accumulated)} effective`,
      tooltip: `${counted(size)} items in a micro-batch × ${counted(accumulated)} micro-batches in one optimiser step.`,
    },
  ];
}

function steps({ tree, facts }: HintRequest, path: JSONPath, method: string | undefined): Hint[] {
  const node = keyAt(tree, [...path, 'max_steps']) ?? keyAt(tree, [...path, 'num_epochs']);
  const value = node?.parent?.children?.[1];
  const runs = (facts?.planned ?? []).filter((run) => run.steps > 0 && (method === undefined || run.method === method));
  if (!value || runs.length === 0) return [];
  const label = spanOf(runs.map((run) => run.steps));
  return [
    {
      kind: 'steps',
      node: value,
      label: `${label} step${label === '1' ? '' : 's'}`,
      tooltip: 'Optimiser steps of each run that trains, of all its candidate rates together.',
    },
  ];
}
