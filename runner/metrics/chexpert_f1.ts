/**
 * F1 of the findings that a labeller (CheXpert, CheXbert) finds in generated and in reference reports. Labels come from its files: no labeller
 * runs here. Positive is the label 1 alone; uncertain (-1), negative (0) and blank are not positive, on both sides.
 * Classes: Irvin et al. 2019; the five are those of its competition.
 */
import type { Metric, Reference } from './metric';

/** Finding -> 1 present, 0 absent, -1 uncertain; blank: no entry. */
export type Labels = Readonly<Record<string, number>>;

export const chexpertFive = ['Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Pleural Effusion'] as const;

export const chexpertClasses = [
  ...chexpertFive,
  'Enlarged Cardiomediastinum',
  'Fracture',
  'Lung Lesion',
  'Lung Opacity',
  'No Finding',
  'Pleural Other',
  'Pneumonia',
  'Pneumothorax',
  'Support Devices',
] as const;

/** Hits, false alarms and misses of each class. */
function statisticsOf({ labels, predictedLabels }: Reference, classes: readonly string[]): number[] {
  return classes.flatMap((name) => {
    const wanted = labels![name] === 1;
    const found = predictedLabels![name] === 1;
    return [wanted && found, found && !wanted, wanted && !found].map(Number);
  });
}

/** 0 where there is neither a hit, nor a false alarm, nor a miss, as in scikit-learn. */
function f1(hits: number, alarms: number, misses: number): number {
  return hits === 0 ? 0 : (2 * hits) / (2 * hits + alarms + misses);
}

function classesOf(sums: ArrayLike<number>): [number, number, number][] {
  return Array.from({ length: sums.length / 3 }, (_, i) => [sums[3 * i]!, sums[3 * i + 1]!, sums[3 * i + 2]!]);
}

const averages = {
  micro: (sums: ArrayLike<number>) => {
    const each = classesOf(sums);
    const total = (k: 0 | 1 | 2) => each.reduce((sum, one) => sum + one[k], 0);
    return f1(total(0), total(1), total(2));
  },
  macro: (sums: ArrayLike<number>) => {
    const each = classesOf(sums);
    return each.reduce((sum, one) => sum + f1(...one), 0) / each.length;
  },
};

function chexpertF1(average: keyof typeof averages, classes: readonly string[]): Metric {
  const value = averages[average];
  return {
    id: `chexpert_f1_${average}_${classes.length}`,
    summary: `${average}-averaged F1 over ${classes.length} CheXpert findings from label files; positive is 1 alone, uncertain and blank are not`,
    scores: 'corpus',
    applies: ({ labels, predictedLabels }) => labels !== undefined && predictedLabels !== undefined,
    measure(_, items) {
      const statistics = items.map((item) => statisticsOf(item, classes));
      return { items: statistics.map(averages.micro), statistics, value };
    },
  };
}

export const chexpertF1s = [
  chexpertF1('micro', chexpertClasses),
  chexpertF1('macro', chexpertClasses),
  chexpertF1('micro', chexpertFive),
  chexpertF1('macro', chexpertFive),
];
