/** The metrics that this version computes. Adding one: a file beside this one and a line here. */
import { MedpeftError } from '../errors';
import { bleus } from './bleu';
import { candidateAccuracy } from './candidate_accuracy';
import { chexpertF1s } from './chexpert_f1';
import { cider } from './cider';
import { closedAccuracy } from './closed_accuracy';
import { closedYesNoAccuracy } from './closed_yes_no_accuracy';
import { exactMatch } from './exact_match';
import { llavaMed } from './llava_med';
import { meteorExactStem } from './meteor_exact_stem';
import type { Metric } from './metric';
import { openAccuracy } from './open_accuracy';
import { openF1 } from './open_f1';
import { openPrecision } from './open_precision';
import { openRecall } from './open_recall';
import { rougeL } from './rouge_l';

const all = [
  exactMatch,
  closedAccuracy,
  closedYesNoAccuracy,
  openAccuracy,
  openRecall,
  openPrecision,
  openF1,
  candidateAccuracy,
  ...llavaMed,
  ...bleus,
  rougeL,
  cider,
  meteorExactStem,
  ...chexpertF1s,
] satisfies readonly Metric[];

export const metrics: ReadonlyMap<string, Metric> = new Map(all.map((metric) => [metric.id, metric]));

/** @throws MP1106 for a metric that this version does not compute. */
export function metricOf(id: string): Metric {
  const metric = metrics.get(id);
  if (!metric)
    throw new MedpeftError(
      'MP1106',
      `metric "${id}" is not computed in this version`,
      `metrics that are: ${[...metrics.keys()].join(', ')}`,
    );
  return metric;
}
