/**
 * The private protocol between a panel's host side and its page, both ways. Whatever concerns one run carries the run's id.
 * A page says `ready` whenever it is (re)loaded and is then sent everything; after that it is sent what changed, while it is visible.
 */
import type { MetricValue } from '../../schemas/generated/events';

/** As the run folder tells it. */
export type RunState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

/** What a panel remembers over a restart: what it shows and how, never the data. */
export interface LiveViewState {
  folder?: string;
  specFile?: string;
  /** Ids of runs whose curves are switched off. */
  hidden: string[];
  smoothing: number;
  logScale: boolean;
  /** Metric of the second chart; unset = the first there is. */
  metric?: string;
}

export interface ResultsViewState {
  folder?: string;
  specFile?: string;
  sort?: { column: number; descending: boolean };
  run?: string;
  filter?: ItemFilter;
  item?: string;
}

// ── Live panel ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Columns of equal length, by rising step. */
export interface LossPoints {
  steps: Float64Array;
  raw: Float64Array;
  /** Exponential moving average of all losses so far, not only of those sent. */
  smooth: Float64Array;
}

export interface EvaluationPoint {
  step: number;
  split: string;
  /** Mean loss over the split. */
  loss?: number;
  metrics: Record<string, MetricValue>;
  best: boolean;
}

/** What a run says about itself beside its curves. */
export interface LiveStatus {
  state: RunState;
  step: number;
  totalSteps: number;
  itemsPerSecond?: number;
  secondsLeft?: number;
  /** Milliseconds between the run's last event and the sending of this message, by the host's clock. */
  lastEventAgeMs?: number;
  /** Why it stands as it stands: a failure, an interruption, the latest warning. */
  notice?: Notice;
}

export interface Notice {
  code: string;
  message: string;
  hint?: string;
}

export interface LiveRun {
  run: string;
  /** Model, task, method and seed as the spec names them. */
  model: string;
  task: string;
  method: string;
  seed: number;
  status: LiveStatus;
  loss: LossPoints;
  evaluations: EvaluationPoint[];
}

export type ToLivePage =
  /** Everything; what the page held before is void. */
  | { type: 'hydrate'; view: LiveViewState; title: string; runs: LiveRun[] }
  /** A run that is new to the page, or whose earlier points are void (resumed, started anew, thinned out). */
  | { type: 'run'; data: LiveRun }
  /** Points that follow those sent before, in order. */
  | { type: 'points'; run: string; loss: LossPoints; evaluations: EvaluationPoint[]; status: LiveStatus }
  | { type: 'gone'; run: string }
  /** The runs cannot be read; shown with a button to try again. */
  | { type: 'problem'; message: string };

export type FromLivePage =
  | { type: 'ready' }
  /** The smoothing that curves are to be sent with: the weight of the past, 0 to below 1. */
  | { type: 'smoothing'; factor: number }
  | { type: 'show_results'; run?: string };

// ── Results view ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A cell as it is shown and as it is sorted; null sorts last either way. */
export interface TableCell {
  text: string;
  sort: number | string | null;
}

export interface TableRow {
  label: string;
  /** Baselines answer without a model; they stay below the sorted methods, in sight. */
  kind: 'baseline' | 'base' | 'method';
  cells: TableCell[];
  /** Runs behind the row, to look into. */
  runs: { run: string; label: string }[];
}

/** Runs that may be compared. */
export interface ResultsTable {
  caption: string;
  /** The first names the row. */
  columns: string[];
  rows: TableRow[];
  /** What must be said of single rows, in words. */
  verdicts: string[];
  notes: string[];
}

export interface ResultItem {
  id: string;
  /** Address that the page may load; absent when the item names no image. */
  image?: string;
  question: string;
  reference: string;
  prediction: string;
  answerType?: 'closed' | 'open';
  questionType?: string;
  /** By metric; null where a metric does not apply. */
  scores: Record<string, number | null>;
}

/** One file of predictions of a run. */
export interface ItemSet {
  /** File name without its ending: `test-rad-test`. */
  id: string;
  label: string;
  /** Metric that decides what counts as right. */
  metric?: string;
  items: ResultItem[];
}

export interface ItemFilter {
  set?: string;
  verdict: 'all' | 'right' | 'wrong';
  answerType: 'all' | 'closed' | 'open';
  text: string;
}

export type ToResultsPage =
  | {
      type: 'hydrate';
      view: ResultsViewState;
      title: string;
      tables: ResultsTable[];
      /** Runs without a result, in words. */
      unfinished: { run: string; state: RunState }[];
    }
  | { type: 'items'; run: string; label: string; sets: ItemSet[] }
  | { type: 'problem'; message: string };

export type FromResultsPage =
  | { type: 'ready' }
  | { type: 'items'; run: string }
  | { type: 'show_curves'; run?: string };
