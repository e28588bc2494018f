/** Search over a table of probabilities, where the right answers can be worked out by hand. */
import { expect, it } from 'vitest';
import { type Prefix, search } from '../../../runner/models/generation';

/** Next-token probabilities after a prefix, written as its tokens; token 0 stops. */
const table: Record<string, number[]> = {
  '': [0.1, 0.5, 0.4],
  '1': [0.3, 0.4, 0.3],
  '2': [0.9, 0.05, 0.05],
  '1,1': [0.34, 0.33, 0.33],
};
const settings = { numBeams: 1, maxNewTokens: 3, minNewTokens: 0, lengthPenalty: 0 };

function scorer() {
  const asked: Prefix[][] = [];
  const next = async (prefixes: readonly Prefix[]) => {
    asked.push([...prefixes]);
    return Float32Array.from(
      prefixes.flatMap(({ tokens }) => (table[String(tokens)] ?? [0.34, 0.33, 0.33]).map(Math.log)),
    );
  };
  return { asked, next };
}

it('greedy takes the likeliest token each time', async () => {
  const [best] = await search(1, [0], scorer().next, settings);
  expect(best!.tokens).toEqual([1, 1, 0]);
  expect(Math.exp(best!.score)).toBeCloseTo(0.5 * 0.4 * 0.34, 6);
});

it('two beams find the likelier answer that greedy misses', async () => {
  const [best] = await search(1, [0], scorer().next, { ...settings, numBeams: 2 });
  expect(best!.tokens).toEqual([2, 0]);
  expect(Math.exp(best!.score)).toBeCloseTo(0.36, 6);
});

it('a length penalty favours length', async () => {
  const [best] = await search(1, [0], scorer().next, { ...settings, numBeams: 3, lengthPenalty: 3 });
  expect(best!.tokens.length).toBe(3);
});

it('the stop token is ruled out before the least length', async () => {
  const [best] = await search(1, [0], scorer().next, { ...settings, numBeams: 2, minNewTokens: 2 });
  expect(best!.tokens.slice(0, 2)).not.toContain(0);
});

it('a row that is done is not decoded any more', async () => {
  const { asked, next } = scorer();
  const stops = async (prefixes: readonly Prefix[]) => {
    const scores = await next(prefixes);
    for (const [i, { row }] of prefixes.entries()) if (row === 1) scores.set([5, 0, 0], i * 3);
    return scores;
  };
  const both = await search(2, [0], stops, settings);
  expect(both.map(({ tokens }) => tokens)).toEqual([[1, 1, 0], [0]]);
  expect(asked.map((prefixes) => prefixes.map(({ row }) => row))).toEqual([[0, 1], [0], [0]]);
});
