/** What the extension host and its reading thread say to each other. */
import type { RunSummary } from '../runs/store';
import type { Shown } from './liveSession';
import type { LiveChoice, LiveViewState, ToLivePage } from './protocol';
import type { resultsTables } from './resultsTable';

export type ToThread = { session: number } & (
  | { type: 'begin'; view: LiveViewState; choice: LiveChoice; shown: Shown }
  | { type: 'choose'; choice: LiveChoice }
  | { type: 'change'; shown: Shown; folders: string[] }
  | { type: 'compare'; runs: RunSummary[] }
  | { type: 'end' }
);

export type FromThread = { session: number } & (
  | { type: 'live'; message: ToLivePage }
  | ({ type: 'compared' } & ReturnType<typeof resultsTables>)
  | { type: 'problem'; message: string; stack?: string }
);

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A message of a session, which puts its number to it. */
export type Asked = Without<ToThread, 'session'>;
export type Told = Without<FromThread, 'session'>;
