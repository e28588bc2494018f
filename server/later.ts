/** Work that waits for a pause: whoever types or asks goes first. */

export interface Later {
  /** Does the work after the pause, unless other work for the same key is put in its place before. */
  plan(key: string, work: () => void): void;
  forget(key: string): void;
}

/** @param pause in milliseconds, from the last time that a key was named */
export function createLater(pause: number): Later {
  const planned = new Map<string, NodeJS.Timeout>();
  const forget = (key: string) => {
    clearTimeout(planned.get(key));
    planned.delete(key);
  };
  return {
    plan(key, work) {
      forget(key);
      const timer = setTimeout(async () => {
        await whatHasCome();
        if (planned.get(key) !== timer) return;
        planned.delete(key);
        work();
      }, pause);
      planned.set(key, timer);
    },
    forget,
  };
}

/** Resolves once the messages that have come by now are answered: on a busy machine they may lie unread when a timer fires. */
export async function whatHasCome(): Promise<void> {
  // a first turn of the loop reads them, a second handles them
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
