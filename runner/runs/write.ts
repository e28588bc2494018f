/** The writer of a run folder: the one process that owns it. Everyone else reads. */
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../../schemas/generated/events';
import type { Manifest } from '../../schemas/generated/manifest';
import type { Prediction } from '../../schemas/generated/prediction';
import type { Result } from '../../schemas/generated/result';
import validateEvent from '../../schemas/generated/validate-events';
import validateManifest from '../../schemas/generated/validate-manifest';
import validatePrediction from '../../schemas/generated/validate-prediction';
import validateResult from '../../schemas/generated/validate-result';
import { writeAtomic } from './atomic';
import { keepCurves } from './curves/file';
import { readEvents } from './events';
import { startHeartbeat } from './heartbeat';
import { predictionFile, runFiles } from './layout';
import { lockRun } from './lock';
import { makeFolder } from './output_folder';
import type { ProcessIdentity } from './process';
import { writing } from './refused';

/** An event as its author gives it; the writer numbers and times it. */
export type NewEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'seq' | 'time'> : never) : never;

export interface RunWriter {
  readonly folder: string;
  /** Appends one line; all but step events are on the disk when this returns. */
  append(event: NewEvent): RunEvent;
  writeManifest(manifest: Manifest): void;
  writePredictions(role: 'validation' | 'test' | 'transfer', split: string, predictions: readonly Prediction[]): void;
  writeResult(result: Result): void;
  /** Says how far a step is that takes long; readers find it in the heartbeat. */
  tell(doing: string | undefined): void;
  /** Whether someone asked for a graceful stop. */
  cancelRequested(): boolean;
  /** Ends the heartbeat and gives the folder back. */
  close(): Promise<void>;
}

interface Validator {
  (value: unknown): boolean;
  errors?: { instancePath: string; message?: string }[] | null;
}

/** What we write follows its schema; anything else is a bug of ours, not the user's. */
function check(name: string, validate: Validator, value: unknown): void {
  if (!validate(value))
    throw new Error(`${name}: ${validate.errors?.map((e) => `${e.instancePath} ${e.message}`).join('; ')}`);
}

/** Ends a line that a kill tore, so that the next event stands on its own. */
function endTornLine(fd: number): void {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10) writeSync(fd, '\n');
}

export interface OpenOptions {
  /** The process whose end ends this one, so that a run that was killed with its parent can be resumed at once. */
  parent?: ProcessIdentity;
  /** Whether this process does the run's work, and its heartbeat is the run's; not so if it only writes down how another one ended. */
  works?: boolean;
}

/**
 * Takes a run folder for this process: makes it where it is missing, locks it (MP4002 where it is taken), starts the heartbeat, and
 * goes on after the last event. MP4001 where the folder cannot be written.
 */
export async function openRun(folder: string, { parent, works = true }: OpenOptions = {}): Promise<RunWriter> {
  writing(folder, () => makeFolder(path.join(folder, runFiles.checkpoints)));
  let unlock: () => void;
  try {
    unlock = await lockRun(folder, parent);
  } catch (error) {
    return writing(folder, () => {
      throw error;
    });
  }
  const cancelFile = path.join(folder, runFiles.cancel);
  const { heartbeat, fd } = writing(folder, () => {
    const fd = openSync(path.join(folder, runFiles.events), 'a+');
    endTornLine(fd);
    // a request to stop was for the process before this one
    rmSync(cancelFile, { force: true });
    // it waits no longer
    if (works) rmSync(path.join(folder, runFiles.submission), { force: true });
    return { fd, heartbeat: works ? startHeartbeat(folder) : undefined };
  });
  let seq = (readEvents(folder).events.at(-1)?.seq ?? -1) + 1;

  const writeJson = (name: string, validate: Validator, value: unknown) => {
    check(name, validate, value);
    writing(folder, () => writeAtomic(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`));
  };
  return {
    folder,
    append(fields) {
      const event = { seq, time: new Date().toISOString(), ...fields } as RunEvent;
      check(`event ${fields.type}`, validateEvent, event);
      writing(folder, () => {
        writeSync(fd, `${JSON.stringify(event)}\n`);
        if (event.type !== 'step') fsyncSync(fd);
      });
      seq++;
      return event;
    },
    writeManifest: (manifest) => writeJson(runFiles.manifest, validateManifest, manifest),
    writeResult: (result) => writeJson(runFiles.result, validateResult, result),
    writePredictions(role, split, predictions) {
      for (const prediction of predictions) check(`prediction ${prediction.id}`, validatePrediction, prediction);
      writing(folder, () => {
        mkdirSync(path.join(folder, runFiles.predictions), { recursive: true });
        writeAtomic(
          path.join(folder, predictionFile(role, split)),
          predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(''),
        );
      });
    },
    tell: (doing) => heartbeat?.tell(doing),
    cancelRequested: () => existsSync(cancelFile),
    async close() {
      if (works) keepCurves(folder);
      await heartbeat?.stop();
      closeSync(fd);
      unlock();
    },
  };
}

/** A new run: its folder with the manifest, and nothing done yet. */
export async function createRun(folder: string, manifest: Manifest, options?: OpenOptions): Promise<RunWriter> {
  const run = await openRun(folder, options);
  run.writeManifest(manifest);
  return run;
}
