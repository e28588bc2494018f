/** Processes that outlive the window: found again after a reload by number and start time. */
import type { Disposable, Memento } from 'vscode';
import { isAlive, type ProcessIdentity, thisProcess } from '../../runner/runs/process';

export interface Remembered extends ProcessIdentity {
  specFile: string;
  logFile: string;
}

const key = 'launches';
const lookMs = 2_000;

/** @param memory of the workspace */
export function rememberedLaunches(memory: Memento) {
  const all = () => memory.get<Remembered[]>(key) ?? [];
  const others = (pid: number) => all().filter((one) => one.pid !== pid);
  return {
    remember: ({ pid, specFile, logFile }: { pid: number; specFile: string; logFile: string }) =>
      void memory.update(key, [...others(pid), { ...thisProcess(pid), specFile, logFile }]),
    forget: (pid: number) => void memory.update(key, others(pid)),
    /** Where the system does not tell start times, a number alone may mean another process by now: then nothing is found again. */
    alive: () => all().filter((one) => one.started !== undefined && isAlive(one, 0)),
  };
}

/** Looks at a process that is not ours to wait for, until it is gone. */
export function whenGone(who: ProcessIdentity): Disposable & { ended: Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (isAlive(who, 0)) return;
      clearInterval(timer);
      resolve();
    }, lookMs);
    timer.unref();
  });
  return { ended, dispose: () => clearInterval(timer) };
}
