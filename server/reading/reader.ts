/** Asks the reading thread. It lives as long as the server, with what it has learnt; a check that a newer text makes useless and that goes on all the same ends it, and a new one goes on with the rest. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answered, JobKind, Jobs, Posted } from './jobs';

export interface Reader {
  /**
   * One job after another: facts before checks, otherwise in the order in which they came.
   * @param of what the job is about: an earlier one of the same kind and name is no longer wanted, and answered with undefined
   * @throws where the thread has failed
   */
  ask<K extends JobKind>(kind: K, ask: Jobs[K]['ask'], of?: string): Promise<Jobs[K]['answer'] | undefined>;
}

interface Waiting {
  posted: Posted;
  of: string | undefined;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** What a useless check may still take: to begin a thread anew, without all that the old one knew, takes longer. */
const patienceMs = 500;

export function createReader(): Reader {
  let count = 0;
  let thread: Worker | undefined;
  const waiting: Waiting[] = [];

  const settle = (id: number, how: (job: Waiting) => void) => {
    const at = waiting.findIndex(({ posted }) => posted.id === id);
    if (at >= 0) how(waiting.splice(at, 1)[0]!);
  };

  const start = (): Worker => {
    const worker = new Worker(path.join(import.meta.dirname, 'server.js'), { workerData: 'reading' });
    worker.unref();
    worker.on('message', (answered: Answered) => {
      if ('failed' in answered) settle(answered.id, ({ reject }) => reject(new Error(answered.failed)));
      else settle(answered.id, ({ resolve }) => resolve(answered.answer));
      next();
    });
    const gone = (error: Error) => {
      if (thread !== worker) return;
      thread = undefined;
      // the job that it had may be why
      waiting.shift()?.reject(error);
      next();
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`the reading thread ended with code ${code}`)));
    return worker;
  };

  let sent = 0;
  /** Sends the first job, unless it has been sent. */
  const next = () => {
    const [first] = waiting;
    if (!first || sent === first.posted.id) return;
    thread ??= start();
    sent = first.posted.id;
    thread.postMessage(first.posted);
  };

  const supersede = (kind: JobKind, of: string) => {
    const old = waiting.findLast((job) => job.posted.kind === kind && job.of === of);
    if (!old) return;
    old.resolve(undefined);
    const { id } = old.posted;
    const drop = () => settle(id, () => {});
    if (sent !== id) return drop();
    const worker = thread;
    const timer = setTimeout(() => {
      if (thread !== worker || waiting[0]?.posted.id !== id) return;
      void worker?.terminate();
      thread = undefined;
      drop();
      next();
    }, patienceMs);
    timer.unref();
  };

  return {
    ask: (kind, ask, of) =>
      new Promise((resolve, reject) => {
        if (of !== undefined) supersede(kind, of);
        const posted = { id: ++count, kind, ask } as Posted;
        const job = { posted, of, resolve: resolve as (answer: unknown) => void, reject };
        // Somebody waits for facts; a check is announced when it is there.
        const later = waiting.findIndex((other) => other.posted.kind === 'check' && other.posted.id !== sent);
        waiting.splice(kind === 'check' || later < 0 ? waiting.length : later, 0, job);
        next();
      }),
  };
}
