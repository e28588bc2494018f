/** Parameter counts of each method, and which tensors it trains with and without weight decay. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { countParameters } from '../plan/counts';
import { skipped } from './compare';
import { readJson } from './folders';
import { goldenName, type MethodFolder, selectionOf, withMethod } from './methods';
import type { Computing, ParityCase } from './types';

interface GoldenCounts {
  trainable: number;
  added: number;
  base_total: number;
  percent: number;
  tensors: number;
}

export async function* counts(methods: readonly MethodFolder[], on: Computing): AsyncIterable<ParityCase> {
  for (const method of methods) {
    if (!existsSync(path.join(method.folder, 'counts.json'))) continue;
    if (method.unsupported) {
      yield skipped(`${method.name}/counts`, method.unsupported);
      yield skipped(`${method.name}/trainable`, method.unsupported);
      continue;
    }
    const { parameters, selection } = selectionOf(method);
    const actual = countParameters(parameters, selection);
    const expected = readJson<GoldenCounts>(method.folder, 'counts.json');
    // peft trains copies of the LayerNorms and counts them as added; here the base's own are trained.
    const copies = method.definition!.group !== undefined && expected.added > 0;
    const wrong = (['trainable', 'added', 'base_total', 'percent', 'tensors'] as const).filter(
      (key) => !(copies && (key === 'added' || key === 'percent')) && Math.abs(actual[key] - expected[key]) > 1e-9,
    );
    yield exact(
      `${method.name}/counts`,
      wrong.map((key) => `${key} is ${actual[key]}, not ${expected[key]}`),
    );

    const trainable = readJson<Record<string, { shape: number[]; decay: boolean }>>(method.folder, 'trainable.json');
    const line = (name: string, shape: readonly number[], decay: boolean) => `${name} [${shape}] decay ${decay}`;
    const ours = await withMethod(method, on, async (model) =>
      model.trainables.map((one) => line(goldenName(method, one), one.shape, one.decay)),
    );
    const theirs = Object.entries(trainable).map(([name, { shape, decay }]) => line(name, shape, decay));
    yield exact(`${method.name}/trainable`, [
      ...ours.filter((one) => !theirs.includes(one)).map((one) => `not in the golden list: ${one}`),
      ...theirs.filter((one) => !ours.includes(one)).map((one) => `missing: ${one}`),
    ]);
  }
}

/** A case of equality: the error is the number of differences. */
export function exact(name: string, differences: readonly string[]): ParityCase {
  return {
    name,
    status: differences.length ? 'failed' : 'passed',
    max_error: differences.length,
    tolerance: 0,
    ...(differences.length > 0 && { reason: differences[0] }),
  };
}
