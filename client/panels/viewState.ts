/** What a page remembered, as VS Code hands it back after a restart: from another version perhaps, so nothing of it is taken on trust. */
import type {
  Arrangement,
  ChartView,
  ItemFilter,
  LiveChoice,
  LiveViewState,
  Remembered,
  ResultsViewState,
  XAxis,
  Zoom,
} from './protocol';

/** Weight of the past in the loss curves until the user says otherwise. */
const defaultSmoothing = 0.9;

const axes: readonly XAxis[] = ['step', 'epoch', 'time'];

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const oneOf = <T extends string>(value: unknown, words: readonly T[], otherwise: T): T =>
  words.find((word) => word === value) ?? otherwise;

function target(fields: Fields) {
  return { folder: text(fields.folder), specFile: text(fields.specFile) };
}

/** What a page of any kind says that it remembers now; undefined where the message says something else. */
export function rememberedState(message: unknown): unknown {
  const { type, state } = fieldsOf(message);
  return type === ('remembered' satisfies Remembered['type']) ? state : undefined;
}

export function liveViewState(state: unknown): LiveViewState {
  const fields = fieldsOf(state);
  const { hidden, smoothing, top, charts } = fields;
  const [first, second] = Array.isArray(charts) ? charts : [];
  return {
    ...target(fields),
    hidden: Array.isArray(hidden) ? hidden.filter((run): run is string => typeof run === 'string') : [],
    ...(typeof top === 'number' && top >= 1 ? { top: Math.floor(top) } : {}),
    smoothing: typeof smoothing === 'number' ? clampSmoothing(smoothing) : defaultSmoothing,
    axis: oneOf(fields.axis, axes, 'step'),
    logX: fields.logX === true,
    clip: fields.clip !== false,
    charts: [chartView(first), chartView(second)],
  };
}

function chartView(value: unknown): ChartView {
  const { quantity, logScale, zoom } = fieldsOf(value);
  const { x, y } = fieldsOf(zoom);
  const [zoomX, zoomY] = [interval(x), interval(y)];
  const kept: Zoom = { ...(zoomX ? { x: zoomX } : {}), ...(zoomY ? { y: zoomY } : {}) };
  return {
    ...(text(quantity) ? { quantity: text(quantity) } : {}),
    logScale: logScale === true,
    ...(zoomX || zoomY ? { zoom: kept } : {}),
  };
}

function interval(value: unknown): [number, number] | undefined {
  const [low, high] = Array.isArray(value) ? value : [];
  return Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : undefined;
}

/** What a page asks for, or asked for before a restart. */
export function liveChoice(value: unknown): LiveChoice {
  const { quantities, axis, smoothing } = fieldsOf(value);
  const [first, second] = Array.isArray(quantities) ? quantities : [];
  return {
    quantities: [text(first), text(second)],
    axis: oneOf(axis, axes, 'step'),
    smoothing: typeof smoothing === 'number' ? clampSmoothing(smoothing) : defaultSmoothing,
  };
}

export function choiceOf({ charts: [first, second], axis, smoothing }: LiveViewState): LiveChoice {
  return { quantities: [first.quantity, second.quantity], axis, smoothing };
}

/** 0 to below 1: at 1 nothing new would count. */
export function clampSmoothing(factor: number): number {
  return Number.isFinite(factor) ? Math.min(0.99, Math.max(0, factor)) : defaultSmoothing;
}

const costs = ['trainable', 'memory', 'time'] as const;

export function resultsViewState(state: unknown): ResultsViewState {
  const fields = fieldsOf(state);
  const reference = text(fields.reference);
  return {
    ...target(fields),
    arrangement: arrangementOf(fields.arrangement),
    ...(reference ? { reference } : {}),
    cost: oneOf(fields.cost, costs, 'trainable'),
    runs: texts(fields.runs),
    item: text(fields.item),
    ...(fields.filter ? { filter: itemFilter(fields.filter) } : {}),
  };
}

/** Keys of columns and settings that are gone by now do no harm: what they ask for is left out. */
export function arrangementOf(value: unknown): Arrangement {
  const fields = fieldsOf(value);
  const sort = fieldsOf(fields.sort);
  const [column, group, filter] = [text(sort.column), text(fields.group), text(fields.filter)];
  return {
    ...(column ? { sort: { column, descending: sort.descending === true } } : {}),
    ...(group ? { group } : {}),
    ...(filter ? { filter } : {}),
    hidden: texts(fields.hidden),
    order: texts(fields.order),
    changed: fields.changed === true,
    starred: fields.starred === true,
  };
}

export const costOf = (value: unknown) => oneOf(value, costs, 'trainable');

function itemFilter(value: unknown): ItemFilter {
  const fields = fieldsOf(value);
  const facets = Object.entries(fieldsOf(fields.facets)).filter(([, one]) => typeof one === 'string');
  return {
    set: text(fields.set),
    verdict: text(fields.verdict) ?? 'all',
    facets: Object.fromEntries(facets) as Record<string, string>,
    noted: fields.noted === true,
    text: text(fields.text) ?? '',
  };
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
