/** BLEU, ROUGE-L and CIDEr against the implementations that papers use. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreItems } from '../../../runner/metrics';
import type { Oracle } from '../../../scripts/oracle-nlg';
import { describeShared, sharedPath } from '../../shared';

const ids = ['bleu_1', 'bleu_2', 'bleu_3', 'bleu_4', 'rouge_l', 'cider'];
const tolerance = 1e-6;

function score(pairs: readonly { prediction: string; references: readonly string[] }[]) {
  return scoreItems(
    pairs.map(({ references }) => ({ answer: references })),
    pairs.map(({ prediction }) => prediction),
    ids,
  );
}

const near = (value: number) => expect.closeTo(value, 6);

// Made by `npm run oracle:nlg -- --golden` with pycocoevalcap 1.2, Python 3.11.
const golden = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/metrics/nlg.json'), 'utf8'),
) as Oracle;

describe('as pycocoevalcap scores 40 generated pairs', () => {
  const own = score(golden.items);
  it.each(ids)('%s: of the corpus and of each item', (id) => {
    expect(Math.abs(own.values[id]!.value! - golden.values[id]!)).toBeLessThan(tolerance);
    const worst = Math.max(...golden.scores[id]!.map((wanted, i) => Math.abs(own.items[i]![id]! - wanted)));
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('single cases of nlgeval/tests/test_nlgeval.py (Maluuba/nlg-eval)', () => {
  it.each([
    [
      'this is a good test',
      ['this is a test', 'this is also a test'],
      [0.799999, 0.632455, 0.5108729, 0.0000903602, 0.9070631, 0],
    ],
    [
      'Le test est en français.',
      ['Test en français.', 'Le test en français.'],
      [0.799999, 0.632455, 0.0000051, 0, 0.9070631, 0],
    ],
    ['テスト', ['テスト'], [1, undefined, undefined, undefined, 1, 0]],
  ])('%s', (prediction, references, wanted) => {
    const { values } = score([{ prediction, references }]);
    for (const [i, value] of wanted.entries())
      if (value !== undefined) expect(values[ids[i]!]!.value).toBeCloseTo(value, 5);
  });
});

describeShared('data/nlg-eval', "nlg-eval's example files", () => {
  it('have the values of its README', () => {
    const lines = (name: string) =>
      readFileSync(sharedPath(`data/nlg-eval/${name}.txt`), 'utf8')
        .trim()
        .split('\n');
    const [hypotheses, first, second] = ['hyp', 'ref1', 'ref2'].map(lines);
    const { values } = score(
      hypotheses!.map((prediction, i) => ({ prediction, references: [first![i]!, second![i]!] })),
    );
    expect(Object.fromEntries(ids.map((id) => [id, values[id]!.value]))).toEqual({
      bleu_1: near(0.55),
      bleu_2: near(0.428174),
      bleu_3: near(0.284043),
      bleu_4: near(0.201143),
      rouge_l: near(0.522104),
      cider: near(1.242192),
    });
  });
});

describe('intervals of scores of a corpus', () => {
  it('hold the score, and vanish where all items are alike', () => {
    const { values } = score(golden.items);
    for (const id of ids) {
      expect(values[id]!.low).toBeLessThan(values[id]!.value!);
      expect(values[id]!.high).toBeGreaterThan(values[id]!.value!);
    }
    const alike = score(Array(5).fill({ prediction: 'a b c d', references: ['a b c e'] }));
    expect(alike.values.bleu_1).toMatchObject({ low: near(0.75), high: near(0.75), value: near(0.75), n: 5 });
  });
});
