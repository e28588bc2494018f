/**
 * The private protocol between a panel's host side and its page, both ways. Whatever concerns one run carries the run's id.
 * A page says `ready` whenever it is (re)loaded and is then sent everything; after that it is sent what changed, while it is visible.
 */
import type { Arrangement, Cost } from '../../runner/reports/arrangement';
import type { Verdict } from '../../runner/reports/verdict';
import type { CurvePoints, XAxis } from '../../runner/runs/curves/curve';
import type { Note } from '../../schemas/generated/notes';

export type { Arrangement, Cost, Note, Verdict };

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
  /** Sorting, grouping, filters and columns of the table. */
  arrangement: Arrangement;
  /** Label of the row that differences are against; unset = as the spec says. */
  reference?: string;
  /** What the plots draw scores against. */
  cost: Cost;
  /** Ids of the runs whose answers are shown beside each other. */
  runs: string[];
  filter?: ItemFilter;
  item?: string;
}

/** From every page, whenever what it remembers changes: so that it can be shown anew should the extension host die. */
export interface Remembered {
  type: 'remembered';
  state: unknown;
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

export interface TableColumn {
  key: string;
  head: string;
  /** May not be hidden. */
  pinned?: true;
}

/** A cell as it is shown; figures stand at the end of their cells. */
export interface TableCell {
  text: string;
  figure: boolean;
}

export interface TableRow {
  label: string;
  /** Baselines answer without a model; they stay below the methods, in sight. */
  kind: 'baseline' | 'base' | 'method';
  cells: TableCell[];
  /** Runs behind the row, to look into. */
  runs: { run: string; label: string }[];
  starred: boolean;
  /** Differences are against this row. */
  reference: boolean;
}

/** Runs that may be compared, arranged as the view asks for. */
export interface ResultsTable {
  caption: string;
  /** The first names the row. */
  columns: TableColumn[];
  /** Columns that could be shown. */
  hidden: TableColumn[];
  groups: { name?: string; rows: TableRow[] }[];
  baselines: TableRow[];
  /** What rows can be grouped by; `changed` differ between rows. */
  settings: { path: string; changed: boolean }[];
  /** What differences can be against. */
  references: string[];
  plots: { svg: string; caption: string }[];
  /** What must be said of single rows, in words. */
  verdicts: string[];
  notes: string[];
}

/** What may be chosen of an image, each with what stands for it now; what a kind of image does not have is absent. As `medpeft render-image` tells it. */
export interface ImageChoices {
  /** From 1. */
  frame?: { value: number; count: number };
  plane?: { value: string; names: string[] };
  /** From 0. */
  slice?: { value: number; count: number };
  volume?: { value: number; count: number };
  /** In the file's values; `low` and `high` are the least and the greatest that there are. */
  window?: { center: number; width: number; low: number; high: number };
}

/** What the reader chose of an image. */
export type ImageOptions = Partial<Record<keyof ImageChoices, string>>;

export interface ItemAnswer {
  prediction: string;
  verdict: Verdict;
  /** By metric; null where a metric does not apply. */
  scores: Record<string, number | null>;
  note?: Note;
}

export interface ResultItem {
  id: string;
  /** Address that the page may load; absent when the item names no image, or one that pages cannot draw. */
  image?: string;
  /** Name of an image that is rendered when it is asked for. */
  rendered?: string;
  question: string;
  reference: string;
  /** Answer type, question type, and the record's own fields. */
  facets: Record<string, string>;
  /** One for each run that is shown, in their order. */
  answers: ItemAnswer[];
}

/** One file of predictions, of all runs that are shown. */
export interface ItemSet {
  /** File name without its ending: `test-rad-test`. */
  id: string;
  label: string;
  /** Metric that decides what counts as right. */
  metric?: string;
  items: ResultItem[];
  /** Items that not all runs answered. */
  leftOut: number;
}

export interface ItemFilter {
  set?: string;
  /** `all`, `right` and `wrong` in all runs, `changed` sides between runs, or `A>B`: wrong in the first run of the pair, right in the second, by position. */
  verdict: string;
  /** Facet -> the only value that is listed. */
  facets: Record<string, string>;
  /** Only what the reader flagged, or wrote a note on. */
  noted: boolean;
  text: string;
}

/** Runs beside each other, before their items. */
export interface RunComparison {
  /** Settings that are not the same in all of them: a value for each run. */
  settings: { path: string; values: string[] }[];
  /** Scores: a cell and, but for the first run, the difference to the first. */
  metrics: { name: string; cells: { score: string; difference?: string }[] }[];
}

export type ToResultsPage =
  | {
      type: 'hydrate';
      view: ResultsViewState;
      title: string;
      tables: ResultsTable[];
      /** Runs without a result, in words. */
      unfinished: { run: string; state: RunState }[];
      /** Files that the table can be written to. */
      exports: { kind: string; name: string }[];
    }
  | { type: 'items'; runs: { run: string; label: string }[]; sets: ItemSet[]; comparison: RunComparison }
  /** An image that was asked for: bytes of a PNG, or why there is none. */
  | {
      type: 'picture';
      set: string;
      item: string;
      picture: { width: number; height: number; png: Uint8Array; choices: ImageChoices } | { problem: string };
    }
  | { type: 'problem'; message: string };

export type FromResultsPage =
  /** With what a restored page remembers. */
  | { type: 'ready'; view?: ResultsViewState }
  | { type: 'arrange'; arrangement: Arrangement; reference?: string; cost: Cost }
  | { type: 'items'; runs: string[] }
  | { type: 'picture'; set: string; item: string; options: ImageOptions }
  | { type: 'star'; runs: string[]; starred: boolean }
  | { type: 'note'; run: string; set: string; item: string; note: Note }
  | { type: 'export'; kind: string }
  | { type: 'export_notes' }
  /** The record of the data set that the item is made of. */
  | { type: 'record'; run: string; set: string; item: string }
  | { type: 'show_curves' };

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
