/** One run from its plan to its end, in this process. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan/types';
import { asFolderError, type NewEvent, openRun, type RunEvent, readEvents, readRun, runFiles } from '../runs';
import type { ProcessIdentity } from '../runs/process';
import { asDeviceError } from './device_lost';
import { readHeldOut, writeHeldOut } from './held_out';
import { pulse } from './interrupt';
import { trainAndScore } from './loop';
import { manifestOf } from './manifest';
import { openPlannedRun } from './open';
import { asMemoryError } from './out_of_memory';

export interface Control {
  /** Asked between batches: is the run to stop gracefully? */
  stop(): boolean;
  /** Told of each event when it is in the file. */
  onEvent(event: RunEvent): void;
  /** The process whose end ends this one. */
  parent?: ProcessIdentity;
}

/** An error as its event. What is no `MedpeftError` is a bug of ours: its trace is part of the message. */
function failure(thrown: unknown): NewEvent {
  const error = asDeviceError(asMemoryError(thrown));
  if (error instanceof MedpeftError) {
    const { code, message, hint, place } = error;
    const where = place && !message.includes(place) ? ` (${place})` : '';
    return { type: 'run_failed', code, message: `${message}${where}`, ...(hint ? { hint } : {}) };
  }
  return {
    type: 'run_failed',
    code: 'MP4008',
    message: `unexpected: ${error instanceof Error ? error.stack : String(error)}`,
    hint: 'please report this with the spec',
  };
}

/**
 * Runs or resumes a planned run in its folder. Whatever goes wrong after the folder is ours ends up in its events.
 * @throws MP4001, MP4002: then the folder is not ours and nothing was written
 */
export async function executeRun(run: PlannedRun, control: Control): Promise<'finished' | 'cancelled' | 'failed'> {
  const folder = path.join(run.outputDir, run.id);
  const writer = await openRun(folder, { parent: control.parent });
  const told = {
    ...writer,
    append(event: NewEvent) {
      const written = writer.append(event);
      control.onEvent(written);
      return written;
    },
  };
  if (existsSync(path.join(folder, runFiles.manifest)) && readRun(folder).state === 'finished') {
    await writer.close();
    return 'finished';
  }
  const resumes = readEvents(folder).events.some(({ type }) => type === 'run_started');
  let manifest = resumes;
  try {
    const stop = () => control.stop() || writer.cancelRequested();
    const between = pulse(stop, writer.tell);
    const opened = await openPlannedRun(run, resumes ? readHeldOut(folder) : undefined, between);
    if (!resumes) {
      const { heldOut } = opened.data.splits;
      if (heldOut) writeHeldOut(folder, heldOut);
      writer.writeManifest(manifestOf(run, { ...opened, splits: opened.data.counts }));
    }
    manifest = true;
    try {
      return await trainAndScore({ ...opened, run, writer: told, resumes, stop });
    } finally {
      await opened.model.dispose();
    }
  } catch (error) {
    if (!manifest) writer.writeManifest(manifestOf(run));
    told.append(failure(asFolderError(error, folder)));
    return 'failed';
  } finally {
    await writer.close();
  }
}
