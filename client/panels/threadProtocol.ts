/** What the extension host and its reading thread say to each other. */
import type { AskedComparison, Comparisons } from './comparisons';
import type { Shown } from './liveSession';
import type { LiveChoice, LiveViewState, ToLivePage } from './protocol';

export type ToThread = { session: number } & (
  | { type: 'begin'; view: LiveViewState; choice: LiveChoice; shown: Shown }
  | { type: 'choose'; choice: LiveChoice }
  | { type: 'change'; shown: Shown; folders: string[] }
  /** The table as it is arranged, or the file that it is written to. */
  | { type: 'compare'; asked: AskedComparison }
  | { type: 'render'; asked: AskedComparison; kind: string }
  | { type: 'end' }
);

export type FromThread = { session: number } & (
  | { type: 'live'; message: ToLivePage }
  | { type: 'rendered'; kind: string; text: string }
  | ({ type: 'compared' } & ReturnType<Comparisons['tables']>)
  | { type: 'problem'; message: string; stack?: string }
);

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A message of a session, which puts its number to it. */
export type Asked = Without<ToThread, 'session'>;
export type Told = Without<FromThread, 'session'>;
