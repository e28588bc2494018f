/** The resolved settings of a row's runs: what rows are told apart, grouped and filtered by. */
import type { RunSummary } from '../runs';
import type { ComparisonRow } from './table';

export interface Setting {
  /** Where it stands among the resolved settings: `training.learning_rate`, `method.components.text`. */
  path: string;
  /** Differs between rows. */
  changed: boolean;
}

export const settingKey = (path: string): string => `setting:${path}`;

/** Path -> value as it is shown, of everything that the manifest resolved and of the point of the sweep. */
export function settingsOfRun({ manifest }: RunSummary): Record<string, string> {
  const { resolved, sweep } = manifest;
  const values = [...leavesOf(resolved), ...(sweep ? leavesOf(sweep, 'sweep') : [])];
  return Object.fromEntries(values.map(([path, json]) => [path, shown(json)]));
}

/** Every setting of a section's rows, those that differ first. A row that lacks a setting differs from one that has it. */
export function settingsOf({ rows }: { rows: readonly ComparisonRow[] }): Setting[] {
  const runs = rows.filter(({ kind }) => kind !== 'baseline');
  const paths = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const all = paths.map((path) => ({ path, changed: new Set(runs.map(({ settings }) => settings[path])).size > 1 }));
  return [...all.filter(({ changed }) => changed), ...all.filter(({ changed }) => !changed)];
}

/** Path -> JSON of each value that is no object, keys from outside inward. */
export function leavesOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, path ? `${path}.${key}` : key)]));
}

/** Texts without their quotes. */
function shown(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}
