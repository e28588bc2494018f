/**
 * ROUGE-L (Lin 2004) as pycocoevalcap 1.2 computes it: F of the longest common subsequence with beta 1.2; of several references the best
 * recall and the best precision, which may be of different ones. Words are split at each single blank.
 */
import { meanOverItems } from './metric';
import { answersOf } from './reference';

const beta2 = 1.2 ** 2;

/** Length of the longest common subsequence. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  for (const word of a) {
    const row = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++)
      row[j] = b[j - 1] === word ? above[j - 1]! + 1 : Math.max(row[j - 1]!, above[j]!);
    above = row;
  }
  return above[b.length]!;
}

export const rougeL = meanOverItems({
  id: 'rouge_l',
  summary: 'ROUGE-L (longest common subsequence, beta 1.2) as pycocoevalcap computes it, on words split at blanks',
  scores: 'mean',
  applies: () => true,
  score(prediction, item) {
    const own = prediction.split(' ');
    const pairs = answersOf(item).map((answer) => {
      const wanted = answer.split(' ');
      const common = commonLength(own, wanted);
      return { precision: common / own.length, recall: common / wanted.length };
    });
    const precision = Math.max(...pairs.map((pair) => pair.precision));
    const recall = Math.max(...pairs.map((pair) => pair.recall));
    return precision > 0 && recall > 0 ? ((1 + beta2) * precision * recall) / (recall + beta2 * precision) : 0;
  },
});
