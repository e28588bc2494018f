/** The extension's settings, made safe: a value of the wrong type or out of range counts as unset. */
import type { VsCode } from './vscode';

export interface Settings {
  /** Node executable for the runner; empty = search. */
  nodePath(): string;
  /** Backend and device of runs that are started, in place of the spec's; empty = what the spec says. */
  backend(): string;
  device(): string;
  /** How many starts may go on at once. */
  concurrency(): number;
  /** Seconds between asking a run to stop and ending its processes. */
  forceAfterSeconds(): number;
  /** Whether to say so when runs end while the window is not focused. */
  notify(): boolean;
}

export function createSettings({ workspace }: VsCode): Settings {
  const get = (key: string): unknown => workspace.getConfiguration('medpeft').get(key);
  const text = (key: string) => {
    const value = get(key);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    nodePath: () => text('nodePath'),
    backend: () => text('backend'),
    device: () => text('device'),
    concurrency: () => {
      const value = get('queue.concurrency');
      return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 64 ? value : 1;
    },
    forceAfterSeconds: () => {
      const value = get('cancel.forceAfterSeconds');
      return typeof value === 'number' && value >= 1 && value <= 600 ? value : 10;
    },
    notify: () => get('notifyWhenFinished') !== false,
  };
}
