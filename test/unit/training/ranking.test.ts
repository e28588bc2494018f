/** Which questions are answered by choice, from which answers, and how they are scored. */
import { expect, it } from 'vitest';
import { fitBaselines, scoreBaselines } from '../../../runner/metrics';
import { metricsSuitTheTask } from '../../../runner/spec/rules/metrics';
import { evaluate } from '../../../runner/training/evaluate';
import { candidatesOf, withCandidateCounts } from '../../../runner/training/ranking';
import { answers, fakeData, items } from './fake';

const task = (questions: 'open' | 'all') =>
  ({ type: 'vqa', metrics: ['candidate_accuracy', 'exact_match'], ranking: { questions }, generation: {} }) as never;
const encode = (answer: string) => [answers.indexOf(answer), 9];

it.each([
  ['open', ['left', 'right']],
  ['all', ['no', 'yes', 'left', 'right']],
] as const)('chooses for %s questions among %j', async (questions, texts) => {
  const candidates = candidatesOf(task(questions), items(20), encode)!;
  expect(candidates.texts).toEqual(texts);
  const asked: number[][] = [];
  const model = {
    generate: async ({ ids }: { ids: string[] }) => ids.map(() => [0]),
    rank: async ({ ids }: { ids: string[] }, tokens: number[][]) => {
      asked.push(tokens.map(([first]) => first!));
      return ids.map(() => [{ candidate: texts.indexOf('right'), score: -1 }]);
    },
  };
  const run = { task: task(questions), training: { batch_size: 4 } } as never;
  const data = { ...fakeData(), candidates };
  const { predictions, metrics } = (await evaluate(model as never, items(6), run, data))!;
  expect(asked[0]).toEqual(texts.map((text) => answers.indexOf(text)));
  // Questions 2 and 3 are open: "left" and "right".
  const closed = questions === 'open' ? 'no' : 'right';
  expect(predictions.map(({ prediction }) => prediction)).toEqual([closed, closed, 'right', 'right', closed, closed]);
  expect(predictions.map(({ candidates }) => candidates !== undefined)).toEqual(
    [false, false, true, true, false, false].map((open) => open || questions === 'all'),
  );
  expect(metrics.candidate_accuracy).toMatchObject({ value: 0.5, n: 2 });
});

it('holds baselines beside choices: they, too, answer with a training answer', () => {
  const candidates = candidatesOf(task('open'), items(20), encode)!;
  const tests = new Map([['rad/test', withCandidateCounts(items(6), candidates)]]);
  const scored = scoreBaselines(fitBaselines(items(20)), tests, ['candidate_accuracy']);
  // of questions 2 and 3, "left" is the more frequent open answer
  expect(scored.majority_per_type!.metrics['rad/test']!.candidate_accuracy).toMatchObject({ value: 0.5, n: 2 });
  expect(scored.question_only!.metrics['rad/test']!.candidate_accuracy).toMatchObject({ value: 1, n: 2 });
});

it('needs an answer to choose from', () => {
  const closed = items(20).filter(({ answerType }) => answerType === 'closed');
  expect(() => candidatesOf(task('open'), closed, encode)).toThrow(expect.objectContaining({ code: 'MP1108' }));
});

it('refuses candidate_accuracy of answers that are written', () => {
  const found: { code: string; message: string }[] = [];
  const { ranking: _, ...written } = task('open') as { ranking: unknown };
  metricsSuitTheTask({
    spec: { tasks: { t: written, u: task('all') } },
    report: (one: never) => found.push(one),
  } as never);
  expect(found).toMatchObject([{ code: 'MP1105', path: ['tasks', 't', 'metrics', 0] }]);
});
