/** Metrics: those of a task suit its type, and what chooses or expects is one of them. */
import type { Metric, Task } from '../../../schemas/generated/spec';
import { nearest } from '../nearest';
import type { Rule } from './rule';

const bleu: readonly Metric[] = ['bleu_1', 'bleu_2', 'bleu_3', 'bleu_4'];
/** Answers: right or wrong, or compared word by word; the PathVQA paper scores open answers with BLEU as well. */
const answers: readonly Metric[] = [
  'exact_match',
  'closed_accuracy',
  'closed_yes_no_accuracy',
  'open_accuracy',
  'open_recall',
  'open_precision',
  'open_f1',
  'llava_med_closed',
  'llava_med_open',
  'llava_med_open_precision',
  'llava_med_open_f1',
  'llava_med_exact_match',
  ...bleu,
];

/** Task type -> metrics that mean something for it. */
export const metricsOfTask: Readonly<Record<Task['type'], readonly Metric[]>> = {
  vqa: [...answers, 'candidate_accuracy'],
  instruction: [...answers, 'rouge_l'],
  report_generation: [...bleu, 'rouge_l', 'cider', 'meteor_exact_stem_delta_half', 'meteor_1_5'],
};

const chosen =
  'only a vqa task with `ranking` chooses among candidates; or `medpeft score` with predictions that were chosen so';

/** What a run does not have, and `medpeft score` can be given. */
const fromFiles: Partial<Record<Metric, string>> = {
  candidate_accuracy: chosen,
  llava_med_open_accuracy: 'it needs a list of candidates: `medpeft score PREDICTIONS --candidates FILE`',
  ...Object.fromEntries(
    (['micro_14', 'macro_14', 'micro_5', 'macro_5'] as const).map((kind) => [
      `chexpert_f1_${kind}`,
      'it needs label files: `medpeft score PREDICTIONS --reference-labels CSV --prediction-labels CSV`',
    ]),
  ),
};

/** A report has no closed answers, an answer no CIDEr worth the name. */
export const metricsSuitTheTask: Rule = ({ spec, report }) => {
  for (const [name, task] of Object.entries(spec.tasks ?? {})) {
    const { type, metrics } = task;
    metrics.forEach((metric, i) => {
      if (metric === 'candidate_accuracy' && task.type === 'vqa' && !task.ranking)
        report({
          code: 'MP1105',
          path: ['tasks', name, 'metrics', i],
          message: `the metric "${metric}" needs \`ranking\`: task "${name}" generates its answers`,
          hint: 'add `"ranking": {}` to the task, or score with `open_accuracy`',
        });
      else if (!metricsOfTask[type].includes(metric))
        report({
          code: 'MP1105',
          path: ['tasks', name, 'metrics', i],
          message: `the metric "${metric}" is not valid for a task of type "${type}"`,
          hint: fromFiles[metric] ?? `valid: ${metricsOfTask[type].join(', ')}`,
        });
    });
  }
};

/** The best checkpoint can be chosen by a metric that is computed. */
export const selectionIsComputed: Rule = ({ spec, report, written }) => {
  for (const [name, { metrics, select_by: metric }] of Object.entries(spec.tasks ?? {}))
    if (metric !== undefined && written(['tasks', name, 'metrics']) && !metrics.includes(metric))
      report(notComputed(metric, metrics, ['tasks', name, 'select_by'], name));
};

/** An expectation can be held against a metric that is computed. */
export const expectationIsComputed: Rule = ({ spec, names, report }) => {
  spec.expect?.forEach(({ task, metric }, i) => {
    for (const name of task === undefined ? names.tasks : [task].flat()) {
      const found = spec.tasks && Object.hasOwn(spec.tasks, name) ? spec.tasks[name] : undefined;
      // Without a task of its own it is about those that compute it.
      if (!found || found.metrics.includes(metric) || (task === undefined && computedSomewhere(spec.tasks, metric)))
        continue;
      report(notComputed(metric, found.metrics, ['expect', i, 'metric'], name));
      return;
    }
  });
};

function computedSomewhere(tasks: Record<string, Task> | undefined, metric: Metric): boolean {
  return Object.values(tasks ?? {}).some(({ metrics }) => metrics.includes(metric));
}

function notComputed(metric: Metric, computed: readonly Metric[], path: (string | number)[], task: string) {
  const suggestion = nearest(metric, computed);
  return {
    code: 'MP1105',
    path,
    message: `the metric "${metric}" is not among the metrics of task "${task}"`,
    ...(suggestion === undefined ? {} : { suggestion }),
    hint: `add it there, or choose one of ${computed.join(', ')}`,
    related: [{ path: ['tasks', task, 'metrics'], message: `"${task}" computes these` }],
  } as const;
}
