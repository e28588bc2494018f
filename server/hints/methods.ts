/** Beside each method: what it trains, the memory and time that it needs, and its runs where it stands for several. */
import { bytes, duration } from '../../runner/text';
import { definitionsIn } from '../names';
import { type PlannedFacts, secondsOf } from '../plans/plan-facts';
import { counted, distinct, type HintSource, spanOf } from './hint';

export const methods: HintSource = ({ tree, facts }) => {
  if (!facts) return [];
  return definitionsIn(tree)
    .filter(({ section }) => section === 'methods')
    .flatMap(({ name, key: node }) => {
      const runs = facts.planned.filter(({ method }) => method === name);
      if (runs.length === 0) return [];
      const memory = runs.flatMap(({ memoryBytes }) => memoryBytes ?? []);
      const seconds = runs.flatMap((run) => secondsOf(run, facts.runs) ?? []);
      const counts = distinct(runs.map(({ trainable }) => trainable));
      return [
        {
          kind: 'trainable' as const,
          node,
          label: shareOf(runs),
          tooltip: ['| run | trained | share |', '| --- | ---: | ---: |', ...runs.slice(0, most).map(rowOf)].join('\n'),
        },
        ...(memory.length > 0
          ? [
              {
                kind: 'memory' as const,
                node,
                label: spanOf(memory, bytes),
                tooltip: 'Peak memory of a run, estimated from names and shapes.',
              },
            ]
          : []),
        ...(seconds.length > 0
          ? [
              {
                kind: 'memory' as const,
                node,
                label: `about ${spanOf(seconds, duration)}`,
                tooltip: 'Time of a run, by the seconds a step that the last finished one of its name took.',
              },
            ]
          : []),
        ...(runs.length > 1
          ? [
              {
                kind: 'runs' as const,
                node,
                label: `${runs.length} runs`,
                tooltip: `${runs.length} runs of ${counts.length === 1 ? 'the same size' : 'different sizes'}: models, tasks, seeds, grids and sweeps multiplied.`,
              },
            ]
          : []),
      ];
    });
};

/** Rows of a tooltip: it is no report. */
const most = 12;

const percent = (value: number) => (value === 0 ? '0 %' : `${value.toPrecision(3)} %`);

const rowOf = ({ id, trainable, percent: share }: PlannedFacts) =>
  `| ${id.replace(/--[0-9a-f]+$/, '')} | ${counted(trainable)} | ${percent(share)} |`;

/** `7,168 (0.272 %)`, or the range of the shares alone. */
function shareOf(runs: readonly PlannedFacts[]): string {
  const [first] = runs;
  if (first && runs.every(({ trainable, percent: share }) => trainable === first.trainable && share === first.percent))
    return first.trainable === 0 ? 'untuned' : `${counted(first.trainable)} (${percent(first.percent)})`;
  return `${spanOf(runs.map(({ trainable }) => trainable))} (${spanOf(
    runs.map(({ percent: share }) => share),
    percent,
  )})`;
}
