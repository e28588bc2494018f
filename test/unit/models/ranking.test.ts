/** Given answers are ranked by their likelihood: as transformers computes it of the whole text at once (scripts/oracle/ranking.py), whatever is read together. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openBackend } from '../../../runner/backends';
import { loadModel } from '../../../runner/models/load';
import { rank } from '../../../runner/models/ranking';
import { readBatch } from '../../../runner/parity/folders';
import { describeShared, sharedPath } from '../../shared';

interface Golden {
  candidates: number[][];
  rows: Record<'sum' | 'mean' | 'blip' | 'first', number[]>[];
}

describeShared('parity', 'likelihoods of given answers', () => {
  const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'ranking.golden.json'), 'utf8')) as Golden;
  it.each([
    ['sum', 9],
    ['mean', 9],
    ['blip', 9],
    ['blip', 3],
  ] as const)('%s, of %i candidates', async (score, topK) => {
    const folder = sharedPath('parity/blip-vqa');
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const selection = { base: [], added: [], matches: [] };
    const model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed: 0 });
    try {
      const ranked = await model.rank(readBatch(folder, 'mb0'), golden.candidates, { topK, score });
      for (const [row, expected] of golden.rows.entries()) {
        const read = [...golden.candidates.keys()]
          .sort((a, b) => expected.first[b]! - expected.first[a]!)
          .slice(0, topK)
          .sort((a, b) => expected[score][b]! - expected[score][a]!);
        expect(ranked[row]!.map(({ candidate }) => candidate)).toEqual(read);
        for (const { candidate, score: value } of ranked[row]!)
          expect(value).toBeCloseTo(expected[score][candidate]!, 4);
      }
    } finally {
      await model.dispose();
    }
  });
});

it('reads each beginning once, and goes on from what was kept of it', async () => {
  const calls: string[][] = [];
  const next = async (prefixes: readonly { row: number; tokens: readonly number[]; parent: number }[]) => {
    calls.push(prefixes.map(({ row, tokens, parent }) => `${row}:${tokens}<${parent}`));
    return new Float32Array(prefixes.length * 6);
  };
  const ranked = await rank(
    2,
    [
      [1, 2, 0],
      [1, 2, 3, 0],
      [4, 0],
    ],
    next,
    { topK: 3, score: 'sum' },
  );
  expect(calls).toEqual([
    ['0:<0', '1:<1'],
    ['0:1<0', '0:4<0', '1:1<1', '1:4<1'],
    ['0:1,2<0', '1:1,2<2'],
    ['0:1,2,3<0', '1:1,2,3<1'],
  ]);
  // Every token has a sixth of the probability.
  expect(ranked[1]!.map(({ candidate, score }) => [candidate, score])).toEqual(
    [
      [2, 2 * Math.log(1 / 6)],
      [0, 3 * Math.log(1 / 6)],
      [1, 4 * Math.log(1 / 6)],
    ].map(([candidate, score]) => [candidate, expect.closeTo(score!, 6)]),
  );
});
