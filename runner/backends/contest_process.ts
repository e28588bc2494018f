/** Holds a contest of devices in a process of its own, which may crash. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { MedpeftError } from '../errors';
import type { Outcome } from './contest';
import type { BackendSettings } from './index';

/** A driver that hangs is not waited for any longer. */
const patienceMs = 60_000;

/** Beside this program, or above it: scripts lie in a folder of their own. */
const program = (): string =>
  [import.meta.dirname, path.dirname(import.meta.dirname)]
    .map((folder) => path.join(folder, 'contest.js'))
    .find(existsSync) ?? 'contest.js';

/**
 * @param file contest.js as bundled
 * @returns an outcome for each, in order
 * @throws MP3101 if the process ends without an answer
 */
export async function contestInProcess(contestants: readonly BackendSettings[], file = program()): Promise<Outcome[]> {
  try {
    const words = [file, JSON.stringify(contestants)];
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: patienceMs });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome[];
  } catch (cause) {
    const { signal, code, stderr } = cause as { signal?: string; code?: unknown; stderr?: string };
    const names = contestants.map(({ backend, device }) => `${backend} ${device}`).join(', ');
    const last = stderr?.trim().split('\n').at(-1);
    throw new MedpeftError(
      'MP3101',
      `the trial of ${names} ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`,
      'name a device: `--device cpu` in the terminal, `runtime.device` in the spec, `medpeft.device` in the editor',
      undefined,
      { cause },
    );
  }
}
