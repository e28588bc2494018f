/** Runs beside each other, on the toy task of 60 items. */
import { expect, it, onTestFinished } from 'vitest';
import { compareRuns } from '../../../runner/reports';
import { joinItems } from '../../../runner/reports/joined_items';
import { renderNotes } from '../../../runner/reports/notes';
import { differingSettings, pairedMetrics } from '../../../runner/reports/paired';
import { listRuns, setNote, setStar } from '../../../runner/runs';
import { rightUpTo, type ToyRun, toyItems, writeToyRuns } from './fixture';

async function runs(...toys: ToyRun[]) {
  const { dir, remove } = await writeToyRuns(toys);
  onTestFinished(remove);
  return { dir, runs: listRuns(dir).sort((a, b) => a.manifest.created.localeCompare(b.manifest.created)) };
}

const low = { method: 'low', trainable: 1, answers: rightUpTo(20), settings: { lr: 0.1 } };
const high = { method: 'high', trainable: 1, answers: rightUpTo(45), settings: { lr: 0.2 }, seed: 1 };

it('joins the answers of an item, with what is noted on each', async () => {
  const { runs: both } = await runs(low, high);
  setNote(both[1]!.folder, 'test-rad-test', '30', { text: 'only here' });
  const [set, ...others] = joinItems(both);
  expect([others, set!.leftOut, set!.metric, set!.items.length]).toEqual([[], 0, 'exact_match', 60]);
  const verdicts = (i: number) => set!.items[i]!.answers.map(({ verdict }) => verdict);
  expect([verdicts(0), verdicts(30), verdicts(59)]).toEqual([
    ['right', 'right'],
    ['wrong', 'right'],
    ['wrong', 'wrong'],
  ]);
  expect(set!.items[30]!.answers.map(({ note }) => note)).toEqual([undefined, { text: 'only here' }]);
  expect(set!.items[30]!.facets).toEqual({ 'answer type': 'closed' });
});

it('leaves out what was not asked of all, and counts it', async () => {
  const other = toyItems.map((item, i) => (i === 0 ? { ...item, answer: 'maybe' } : item)).slice(0, 50);
  const { runs: both } = await runs(low, { ...high, items: other, answers: rightUpTo(45).slice(0, 50) });
  const [set] = joinItems(both);
  expect([set!.items.length, set!.leftOut]).toEqual([49, 11]);
});

it('tells in what settings runs differ, and nothing else', async () => {
  const { runs: both } = await runs(low, high);
  expect(differingSettings(both)).toEqual([
    { path: 'training.lr', values: ['0.1', '0.2'] },
    { path: 'seed', values: ['0', '1'] },
  ]);
});

it('gives the difference of each score the interval of a paired bootstrap, and the p of the table', async () => {
  const { dir, runs: both } = await runs(low, high);
  const [overall] = pairedMetrics(both);
  const [none, difference] = overall!.differences;
  expect(none).toBeUndefined();
  expect(difference!.value).toBeCloseTo(25 / 60, 12);
  // 25 of 60 items changed sides, all one way: the difference of a draw is binomial(60, 25/60)/60, whose 2.5 % and 97.5 % quantiles are
  // 18/60 and 33/60 (summed exactly)
  expect(Math.abs(difference!.low! - 18 / 60)).toBeLessThanOrEqual(1 / 60 + 1e-9);
  expect(Math.abs(difference!.high! - 33 / 60)).toBeLessThanOrEqual(1 / 60 + 1e-9);
  const table = compareRuns([dir], { reference: 'low', correction: 'none' });
  const row = table.sections[0]!.rows.find(({ label }) => label === 'high')!;
  expect(difference!.p).toBe(row.differences[0]!.p);
});

it('writes notes with what they are about; a star shows in the table', async () => {
  const { dir, runs: both } = await runs(low, high);
  setNote(both[0]!.folder, 'test-rad-test', '59', { flagged: true, text: 'say "hm"' });
  setStar(both[1]!.folder, true);
  const [head, line, ...rest] = renderNotes(both).split('\r\n');
  expect(head).toMatch(/^run,method,seed,predictions,item/);
  expect(line).toMatch(/,low,0,test-rad-test,59,question 59\?,organ 59,wrong,wrong,true,"say ""hm"""$/);
  expect(rest).toEqual(['']);
  const rows = compareRuns([dir]).sections[0]!.rows.filter(({ starred }) => starred);
  expect(rows.map(({ label }) => label)).toEqual(['high']);
});
