/** What a page remembered, as VS Code hands it back after a restart: from another version perhaps, so nothing of it is taken on trust. */
import type { ItemFilter, LiveViewState, ResultsViewState } from './protocol';

/** Weight of the past in the loss curves until the user says otherwise. */
const defaultSmoothing = 0.6;

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const oneOf = <T extends string>(value: unknown, words: readonly T[], otherwise: T): T =>
  words.find((word) => word === value) ?? otherwise;

function target(fields: Fields) {
  return { folder: text(fields.folder), specFile: text(fields.specFile) };
}

export function liveViewState(state: unknown): LiveViewState {
  const fields = fieldsOf(state);
  const { hidden, smoothing } = fields;
  return {
    ...target(fields),
    hidden: Array.isArray(hidden) ? hidden.filter((run): run is string => typeof run === 'string') : [],
    smoothing: typeof smoothing === 'number' ? clampSmoothing(smoothing) : defaultSmoothing,
    logScale: fields.logScale === true,
    metric: text(fields.metric),
  };
}

/** 0 to below 1: at 1 nothing new would count. */
export function clampSmoothing(factor: number): number {
  return Number.isFinite(factor) ? Math.min(0.99, Math.max(0, factor)) : defaultSmoothing;
}

export function resultsViewState(state: unknown): ResultsViewState {
  const fields = fieldsOf(state);
  const sort = fieldsOf(fields.sort);
  return {
    ...target(fields),
    ...(typeof sort.column === 'number' ? { sort: { column: sort.column, descending: sort.descending === true } } : {}),
    run: text(fields.run),
    item: text(fields.item),
    ...(fields.filter ? { filter: itemFilter(fields.filter) } : {}),
  };
}

function itemFilter(value: unknown): ItemFilter {
  const fields = fieldsOf(value);
  return {
    set: text(fields.set),
    verdict: oneOf(fields.verdict, ['all', 'right', 'wrong'], 'all'),
    answerType: oneOf(fields.answerType, ['all', 'closed', 'open'], 'all'),
    text: text(fields.text) ?? '',
  };
}
