/** Work that waits for a pause: whoever types or asks goes first. */

export interface Later {
  /** Does the work after the pause, unless other work for the same key is put in its place before. */
  plan(key: string, work: () => void): void;
  forget(key: string): void;
}

/** @param pause in milliseconds, from the last time that a key was named */
export function createLater(pause: number): Later {
  const timers = new Map<string, NodeJS.Timeout>();
  const forget = (key: string) => {
    clearTimeout(timers.get(key));
    timers.delete(key);
  };
  return {
    plan(key, work) {
      forget(key);
      const start = () => {
        timers.delete(key);
        work();
      };
      timers.set(key, setTimeout(start, pause));
    },
    forget,
  };
}
