/** One section of a comparison: runs on the same ground. */

import type { Manifest } from '../../schemas/generated/manifest';
import { skippedText } from '../data/skipped';
import { choiceText } from './choice';
import type { CompareOptions } from './compare';
import { addDifferences, type RowOfRuns } from './differences';
import { percent } from './format';
import { replicates, type ScoredRun } from './group';
import { remarksOf } from './remarks';
import { addDrops, baselineRows, columnsOf, methodRow, tellApart } from './rows';
import type { ComparisonSection } from './table';

/** @param twins other groups of runs that bear the same model and task names but may not be compared with these. */
export function makeSection(
  runs: readonly ScoredRun[],
  { reference: wanted, correction = 'holm' }: CompareOptions,
  twins: number,
): ComparisonSection {
  const { model, task } = runs[0]!.run.manifest;
  const columns = columnsOf(runs[0]!);
  const methods: RowOfRuns[] = replicates(runs).map((seeds) => ({ row: methodRow(seeds, columns), runs: seeds }));
  tellApart(methods);
  const named =
    methods.find(({ row }) => row.label === wanted) ??
    methods.find(({ runs: [first] }) => first!.run.manifest.method === wanted);
  const reference = named ?? methods.find(({ row }) => row.kind === 'base');
  if (reference) addDifferences(methods, reference, columns, correction);
  const rows = [...baselineRows(runs, columns), ...methods.map(({ row }) => row)];
  const domain = addDrops(rows, columns);
  for (const row of rows) row.remarks = remarksOf(row, rows, columns, reference?.row.label);
  return {
    model,
    task,
    columns,
    rows,
    ...(reference ? { reference: reference.row.label } : {}),
    correction,
    ...(domain ? { domain } : {}),
    notes: [
      ...textNotes(runs[0]!.run.manifest.resolved.task),
      ...methods.flatMap(choiceNotes),
      ...seenNotes(runs[0]!.run.manifest.splits),
      ...skippedNotes(runs),
      ...referenceNotes(wanted !== undefined && !named ? wanted : undefined, reference?.row.label),
      ...(columns[0]?.test === 'validation' ? ['These runs met no test split: the scores are on validation.'] : []),
      ...(twins > 0
        ? [
            `${twins} more group(s) of runs of ${model} on ${task} had other weights or test items, and stand by themselves.`,
          ]
        : []),
    ],
  };
}

/** What the differences are taken against, where that is not what was asked for. */
function referenceNotes(missing: string | undefined, used: string | undefined): string[] {
  if (missing !== undefined)
    return [
      `There is no finished run of the reference method ${missing}: ${used ? `differences are against ${used}` : 'no differences are shown'}.`,
    ];
  return used ? [] : ['There is no finished run of an untuned base: no differences are shown.'];
}

/** What a report's text went through before it was scored: figures without it mean nothing. */
function textNotes({ type, ...task }: Manifest['resolved']['task']): string[] {
  if (type !== 'report_generation') return [];
  const { sections, cleaning, views, max_report_tokens: trained, max_reference_tokens: scored } = task;
  const parts = [
    `sections: ${Array.isArray(sections) ? sections.join(', ') : 'whole report'}`,
    `cleaning: ${String(cleaning)}`,
    `views: ${String(views)}`,
    `training reports cut to ${String(trained)} tokens`,
    scored === undefined ? 'references whole' : `references cut to ${String(scored)} words`,
  ];
  return [`Reports: ${parts.join('; ')}.`];
}

/** How the rate of a method was chosen; of several seeds, each seed's. */
function choiceNotes({ row, runs }: RowOfRuns): string[] {
  return runs.flatMap(({ run, result: { rate_choice: choice } }) => {
    const seed = runs.length > 1 ? `, seed ${run.manifest.seed}` : '';
    return choice ? [`${row.label}${seed}: ${choiceText(choice, percent)}.`] : [];
  });
}

/** What was left out of a split changes what a score is of: said once for all runs that left out the same. */
function skippedNotes(runs: readonly ScoredRun[]): string[] {
  const texts = runs.flatMap(({ result: { skipped } }) => (skipped ? [skippedText(skipped)] : []));
  return [...new Set(texts)].map((text) => `Records left out (on_bad_item: skip): ${text}.`);
}

/** A test image that training has seen is no new image: said under every table that it concerns. */
function seenNotes(splits: Manifest['splits']): string[] {
  const tests = Object.entries({ ...splits?.test, ...splits?.transfer });
  return tests.flatMap(([split, { items, images, seen_images: seen }]) =>
    images && seen
      ? [
          `${split}: ${items} questions on ${images} images, ${seen === images ? 'all' : seen} of which also occur in training: it asks new questions, not about new images.`,
        ]
      : [],
  );
}
