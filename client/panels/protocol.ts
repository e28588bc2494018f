/**
 * The private protocol between a panel's host side and its page, both ways. Whatever concerns one run carries the run's id.
 * A page says `ready` whenever it is (re)loaded and is then sent everything; after that it is sent what changed, while it is visible.
 */
import type { CurvePoints, XAxis } from '../../runner/runs/curves/curve';

/** As the run folder tells it. */
export type RunState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

export type { CurvePoints, XAxis };

/** Part of a chart that is in sight; an axis that is absent fits the data. */
export interface Zoom {
  x?: [number, number];
  y?: [number, number];
}

export interface ChartView {
  /** `training loss`, `validation exact_match` …; unset = what says most. */
  quantity?: string;
  logScale: boolean;
  zoom?: Zoom;
}

/** What a panel remembers over a restart: what it shows and how, never the data. */
export interface LiveViewState {
  folder?: string;
  specFile?: string;
  /** Ids of runs whose curves are switched off. */
  hidden: string[];
  /** Only so many runs, the best by the second chart; unset = all. */
  top?: number;
  smoothing: number;
  axis: XAxis;
  logX: boolean;
  /** Leaves single outliers out of sight. */
  clip: boolean;
  charts: [ChartView, ChartView];
}

/** What decides which points the page is sent. */
export interface LiveChoice {
  quantities: [string | undefined, string | undefined];
  axis: XAxis;
  /** Weight of the past, 0 to below 1. */
  smoothing: number;
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

/** What every step logs is noisy, and drawn smoothed; scores are few, and drawn as measured. */
export const isSmoothed = (quantity: string): boolean => quantity.startsWith('training ');

/** Something that happened to a run at a place of its curves. */
export interface Mark {
  kind: 'resumed' | 'warning' | 'failed';
  x: number;
  step: number;
  text: string;
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
  /** One for each chart; empty where the run has not measured that. */
  curves: CurvePoints[];
  marks: Mark[];
}

export type ToLivePage =
  /** Everything; what the page held before is void. */
  | {
      type: 'hydrate';
      view: LiveViewState;
      title: string;
      /** Everything that any of the runs has measured. */
      quantities: string[];
      /** What the two charts show. */
      shown: [string, string];
      runs: LiveRun[];
    }
  /** A run that is new to the page, or whose earlier points are void (resumed, started anew, thinned out). */
  | { type: 'run'; data: LiveRun }
  /** Points that follow those sent before, in order. */
  | { type: 'points'; run: string; curves: CurvePoints[]; marks: Mark[]; status: LiveStatus }
  | { type: 'gone'; run: string }
  /** The runs cannot be read; shown with a button to try again. */
  | { type: 'problem'; message: string };

export type FromLivePage =
  /** With what a restored page remembers of its choice. */
  | { type: 'ready'; choice?: LiveChoice }
  | { type: 'choose'; choice: LiveChoice }
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
  /** Why there is no picture though the item has an image, in words. */
  unshown?: string;
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

// ── Environment page ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One thing that was looked for. */
export interface Check {
  area: 'Node' | 'Engine' | 'Models and data';
  name: string;
  /** `note`: neither found nor needed, or not to be known. */
  state: 'ok' | 'missing' | 'note';
  /** What was found, or what is wrong. */
  text: string;
  /** What to do about it. */
  hint?: string;
  /** What was tried, and what it answered. */
  command?: string;
  output?: string;
  /** Absolute path of the spec that it is about. */
  specFile?: string;
}

export type ToEnvironmentPage =
  /** All that was found so far. */
  { type: 'checks'; checks: Check[]; going: boolean } | { type: 'problem'; message: string };

export type FromEnvironmentPage =
  | { type: 'ready' }
  | { type: 'again' }
  | { type: 'copy' }
  | { type: 'settings' }
  | { type: 'open'; specFile: string };
