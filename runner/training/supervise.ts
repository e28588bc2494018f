/** Runs a planned run in a worker process, and says what became of it, also when the worker vanishes. */
import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunFailedEvent } from '../../schemas/generated/events';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan/types';
import { openRun, type RunEvent, readEvents, readRun, runFiles } from '../runs';
import { bytes } from '../text';
import type { Report } from '../worker';
import { deviceWasLost } from './device_lost';
import { manifestOf } from './manifest';
import { isHeapFull, memoryAdvice, memoryKills } from './out_of_memory';

export type Outcome = 'finished' | 'cancelled' | 'failed';

/** A worker at work. */
export interface Supervised {
  outcome: Promise<Outcome>;
  /** Asks it to write a checkpoint and stop. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

/** How much of the end of a worker's output is kept: Node tells why it crashed before a native stack trace of some thousand characters. */
const tailLength = 64_000;
/** How much of that is shown. */
const shownLength = 4_000;

/** How a worker ended that could not say so itself. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what it wrote. */
  lastWords: string;
  /** Whether the system has killed a process for want of memory meanwhile. */
  memoryKill: boolean;
}

/** What the way a process ended says to its user. */
export function diagnose(
  { code, signal, lastWords, memoryKill }: End,
  held: string,
): Pick<RunFailedEvent, 'code' | 'message' | 'hint'> {
  const killed = signal === 'SIGKILL' || code === 137;
  if (killed && memoryKill)
    return {
      code: 'MP4010',
      message: `the system ran out of memory and killed the run's process${held}`,
      hint: memoryAdvice,
    };
  if (isHeapFull(lastWords))
    return { code: 'MP4010', message: `the JavaScript heap of the run's process was full${held}`, hint: memoryAdvice };
  const lost = deviceWasLost(lastWords);
  if (lost) return { code: 'MP3103', ...lost };
  const shown = lastWords.slice(-shownLength);
  const message = `the run's process vanished${shown ? `; its last words:\n${shown}` : ' without a word'}`;
  if (killed)
    return {
      code: 'MP4008',
      message,
      hint: `it was killed${held}: often the system was out of memory. If so, ${memoryAdvice}`,
    };
  if (signal === 'SIGABRT' || signal === 'SIGSEGV' || signal === 'SIGILL' || signal === 'SIGBUS')
    return {
      code: 'MP4008',
      message,
      hint: 'the engine crashed; `medpeft doctor` checks it. `medpeft resume` goes on from the last checkpoint',
    };
  return {
    code: 'MP4008',
    message,
    hint: `it ended with ${signal ?? `exit code ${code}`}; \`medpeft resume\` goes on from the last checkpoint`,
  };
}

/** `, which held 1.2 GB at step 14`; nothing where no step was told. */
function heldText(events: readonly RunEvent[]): string {
  const step = events.findLast((event) => event.type === 'step');
  return step?.memory_bytes === undefined ? '' : `, which held ${bytes(step.memory_bytes)} at step ${step.step}`;
}

/**
 * Writes the end that a vanished worker could not write itself: it was cancelled by force, or lost.
 * @param seen events there were before it began
 */
async function recordEnd(
  run: PlannedRun,
  { asked, end, seen }: { asked: boolean; end: End; seen: number },
  onEvent: (event: RunEvent) => void,
): Promise<Outcome> {
  const folder = path.join(run.outputDir, run.id);
  const cancelled = asked || existsSync(path.join(folder, runFiles.cancel));
  const writer = await openRun(folder, { works: false });
  try {
    // `medpeft cancel --force` may have been quicker
    const last = readEvents(folder).events.at(-1);
    if (last?.type === 'run_cancelled' && last.seq >= seen) return 'cancelled';
    if (!existsSync(path.join(folder, runFiles.manifest))) writer.writeManifest(manifestOf(run));
    if (cancelled) {
      onEvent(writer.append({ type: 'run_cancelled', step: readRun(folder).progress.step }));
      return 'cancelled';
    }
    onEvent(writer.append({ type: 'run_failed', ...diagnose(end, heldText(readEvents(folder).events)) }));
    return 'failed';
  } finally {
    await writer.close();
  }
}

/**
 * Starts the worker. Its outcome is rejected with MP4001 or MP4002 where the run folder could not be had.
 * @param workerFile dist/worker.js
 */
export function superviseRun(run: PlannedRun, workerFile: string, onEvent: (event: RunEvent) => void): Supervised {
  const killsBefore = memoryKills();
  const worker = fork(workerFile, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-tailLength);
  };
  worker.stdout!.on('data', keep);
  worker.stderr!.on('data', keep);

  const folder = path.join(run.outputDir, run.id);
  const seen = readEvents(folder).events.length;
  let asked = false;
  let ended: Outcome | MedpeftError | undefined;
  worker.on('message', (message: Report) => {
    switch (message.type) {
      case 'event':
        onEvent(message.event);
        return;
      case 'ended':
        ended = message.outcome;
        return;
      case 'refused':
        ended = new MedpeftError(message.code, message.message, message.hint, message.place);
        return;
    }
  });
  worker.send({ run });

  const outcome = new Promise<Outcome>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('close', (code, signal) => {
      if (ended instanceof MedpeftError) reject(ended);
      else if (ended) resolve(ended);
      else {
        const memoryKill = (memoryKills() ?? 0) > (killsBefore ?? 0);
        const end = { code, signal, lastWords: tail.trim(), memoryKill };
        recordEnd(run, { seen, asked, end }, onEvent).then(resolve, reject);
      }
    });
  });
  return {
    outcome,
    stop() {
      asked = true;
      // on Windows every signal ends a process at once
      if (process.platform !== 'win32') worker.kill('SIGTERM');
      else if (existsSync(folder)) writeFileSync(path.join(folder, runFiles.cancel), '');
    },
    kill() {
      asked = true;
      worker.kill('SIGKILL');
    },
  };
}
