import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { chexpertClasses, type Labels, scoreItems } from '../../../runner/metrics';

const file = path.join(import.meta.dirname, '../../fixtures/metrics/chexpert.json');
/** Rows of labels in the order of `chexpertClasses`; '' is blank. */
const { reference, prediction } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, (number | '')[][]>;
const labels = (row: (number | '')[]): Labels =>
  Object.fromEntries(row.flatMap((label, c) => (label === '' ? [] : [[chexpertClasses[c]!, label]])));

const items = reference!.map((row, i) => ({
  answer: '',
  labels: labels(row),
  predictedLabels: labels(prediction![i]!),
}));

// scikit-learn 1.9.1, metrics.f1_score(label == 1, zero_division=0) of the same 12 reports
it.each([
  ['chexpert_f1_micro_14', 0.7326732673267327],
  ['chexpert_f1_macro_14', 0.5870851370851371],
  ['chexpert_f1_micro_5', 0.8181818181818182],
  ['chexpert_f1_macro_5', 0.7968253968253968],
])('%s', (id, wanted) => {
  const { values } = scoreItems(
    items,
    items.map(() => ''),
    [id],
  );
  expect(values[id]).toMatchObject({ value: expect.closeTo(wanted, 12), n: 12 });
  expect(scoreItems([{ answer: 'a' }], ['a'], [id]).values[id]).toEqual({ value: null, n: 0 });
});
