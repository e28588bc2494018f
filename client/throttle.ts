/** Calls that come too fast, gathered: the first is done at once, the others together when the time is up. */
import type { Disposable } from 'vscode';

export interface Throttled extends Disposable {
  (): void;
}

/** @param ms least time between two times that `act` is done */
export function throttled(act: () => void, ms: number, now: () => number = Date.now): Throttled {
  let doneAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const due = () => {
    timer = undefined;
    doneAt = now();
    act();
  };
  const call = () => {
    // a clock that was set back must not hold anything up
    const wait = Math.min(ms, doneAt + ms - now());
    timer ??= setTimeout(due, Math.max(0, wait));
  };
  return Object.assign(call, { dispose: () => clearTimeout(timer) });
}
