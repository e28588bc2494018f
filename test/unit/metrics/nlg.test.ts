/** BLEU, ROUGE-L, CIDEr and METEOR against the implementations that papers use. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreItems } from '../../../runner/metrics';
import type { Oracle } from '../../../scripts/oracle-nlg';
import { describeShared, sharedPath } from '../../shared';

const ids = ['bleu_1', 'bleu_2', 'bleu_3', 'bleu_4', 'rouge_l', 'cider', 'meteor_exact_stem_delta_half'];
const tolerance = 1e-6;

function score(pairs: readonly { prediction: string; references: readonly string[] }[]) {
  return scoreItems(
    pairs.map(({ references }) => ({ answer: references })),
    pairs.map(({ prediction }) => prediction),
    ids,
  );
}

const near = (value: number) => expect.closeTo(value, 6);

// Made by `npm run oracle:nlg -- --golden` with pycocoevalcap 1.2, Python 3.11 and, for METEOR, Java 17.
const golden = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/metrics/nlg.json'), 'utf8'),
) as Oracle;

describe('as pycocoevalcap and the METEOR program score 40 generated pairs', () => {
  const own = score(golden.items);
  it.each(ids)('%s: of the corpus and of each item', (id) => {
    expect(Math.abs(own.values[id]!.value! - golden.values[id]!)).toBeLessThan(tolerance);
    const worst = Math.max(...golden.scores[id]!.map((wanted, i) => Math.abs(own.items[i]![id]! - wanted)));
    expect(worst).toBeLessThan(tolerance);
  });
});

// As `java -jar meteor-1.5.jar answer references -r N -l en -m "exact stem" -w "1.0 0.6" -p "0.85 0.2 0.6 0.5" -q` prints them.
describe('single texts as the METEOR program scores them', () => {
  it.each([
    ['all words match in one chunk: no penalty', 'clear lungs', ['clear lungs'], 1],
    ['all words match in two chunks', 'lungs clear', ['clear lungs'], 0.4],
    ['stems match for 0.6', 'opacity seen', ['opacities were seen'], 0.22456140350877193],
    ['capitals and marks count', 'Lungs clear.', ['lungs clear'], 0],
    [
      'of several references the best',
      'this is a good test',
      ['this is a test', 'this is also a test'],
      0.46040449351549445,
    ],
    ['words of one hash in Java are one word', 'Aa lungs', ['BB lungs clear'], 0.33520678036654417],
    ['no word in common', 'clear', ['opaque'], 0],
    ['no word', '', [''], 0],
  ])('%s', (_, prediction, references, wanted) => {
    expect(score([{ prediction, references }]).values.meteor_exact_stem_delta_half!.value).toBeCloseTo(wanted, 6);
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
      // Of the METEOR program, with the options above: the README's 0.295797 has synonyms and paraphrases.
      meteor_exact_stem_delta_half: near(0.2681426244921341),
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
