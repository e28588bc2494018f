/** The comparison of methods as data: what every rendering, the results view and `--json` show. */

export interface ComparisonColumn {
  /** `dataset/split`, or `validation`. */
  test: string;
  /** `test` is in domain, `transfer` out of it. */
  role: 'test' | 'transfer' | 'validation';
  metric: string;
  /** Records of the test split that could not be used and were left out; absent where none were. */
  skipped?: number;
}

/** A score; of several seeds their mean. */
export interface Cell {
  /** 0..1; null where the metric applies to no item. */
  value: number | null;
  /** Items scored, of each seed. */
  n: number;
  /** 95 % interval over items; only of a single seed. */
  low?: number;
  high?: number;
  /** Sample standard deviation over seeds; only of several. */
  sd?: number;
}

/** How a method's score differs from the reference's, on the same items. */
export interface Difference {
  /** Method minus reference, in the score's own units (0.01 = one point). */
  value: number;
  /** Items that only the method, and only the reference, got right. */
  onlyThis?: number;
  onlyReference?: number;
  /** `mcnemar`: exact, of scores that are 0 or 1. `permutation`: paired, of all others and of several seeds. */
  test?: 'mcnemar' | 'permutation';
  /** Two-sided; absent where the two did not keep predictions of the same items. */
  p?: number;
  /** p after Holm's correction over the methods of the column; absent with `correction: none`. */
  adjustedP?: number;
}

export interface ComparisonRow {
  /** `baseline`: an answer that needs no model. `base`: the untuned model. */
  kind: 'baseline' | 'base' | 'method';
  /** Method and sweep point, or the baseline's id. */
  label: string;
  /** Resolved settings of its runs, but the seed: path -> value as it is shown; none of a baseline. */
  settings: Record<string, string>;
  /** A reader starred one of its runs. */
  starred?: boolean;
  /** What a baseline answers. */
  description?: string;
  /** Run folders behind the row; none of a baseline. */
  folders: string[];
  seeds: number[];
  trainable?: number;
  /** 100 · trainable / (base + added). */
  percent?: number;
  /** One for each column of the section. */
  cells: (Cell | undefined)[];
  /** Against the section's reference, one for each column; undefined for the reference and baselines. */
  differences: (Difference | undefined)[];
  /** The same method's scores where every image is black, one for each column; in domain alone. */
  blank: (Cell | undefined)[];
  /** Score on the section's `domain` minus the score here, same metric; of columns out of domain. */
  drops: (number | undefined)[];
  /** Wall-clock of training and evaluation; mean over seeds. */
  seconds?: number;
  /** Largest over seeds. */
  peakMemoryBytes?: number;
  /** Verdicts on the first metric of each test split, in words. */
  remarks: { test: string; text: string }[];
}

/** Runs that may be compared: same model, same task, same test items. */
export interface ComparisonSection {
  model: string;
  task: string;
  columns: ComparisonColumn[];
  rows: ComparisonRow[];
  /** Label of the row that differences are against. */
  reference?: string;
  correction: 'holm' | 'none';
  /** The in-domain test split that drops are measured from: the task's first. */
  domain?: string;
  notes: string[];
}

export interface ComparisonTable {
  sections: ComparisonSection[];
  /** Runs that have no result, and so stand in no section. */
  unfinished: { id: string; folder: string; state: string }[];
}
