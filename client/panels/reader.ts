/** The extension host's end of the reading thread: one thread for all panels, started when first needed, and again should it end. */
import { Worker } from 'node:worker_threads';
import type { Disposable } from 'vscode';
import type { Asked, FromThread, Told, ToThread } from './threadProtocol';

export interface Session extends Disposable {
  ask(message: Asked): void;
}

export interface Reader extends Disposable {
  /** A panel's own line to the thread. */
  open(onTold: (message: Told) => void): Session;
}

/** @param file the thread's bundle; ends with the extension host, which kills its threads */
export function createReader(file: string): Reader {
  const listeners = new Map<number, (message: Told) => void>();
  let next = 0;
  let worker: Worker | undefined;

  const start = (): Worker => {
    const made = new Worker(file);
    made.on('message', ({ session, ...told }: FromThread) => listeners.get(session)?.(told));
    made.on('error', ({ message, stack }: Error) => {
      for (const tell of listeners.values()) tell({ type: 'problem', message, stack });
    });
    made.on('exit', () => {
      if (worker === made) worker = undefined;
    });
    made.unref();
    return made;
  };

  return {
    open(onTold) {
      const session = next++;
      listeners.set(session, onTold);
      const ask = (message: Asked) => {
        worker ??= start();
        worker.postMessage({ ...message, session } satisfies ToThread);
      };
      return {
        ask,
        dispose: () => {
          listeners.delete(session);
          worker?.postMessage({ type: 'end', session } satisfies ToThread);
        },
      };
    },
    dispose: () => void worker?.terminate(),
  };
}
