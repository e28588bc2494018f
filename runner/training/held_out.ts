/** `split.json` of a run folder: which records were held out for validation when the run began. Whoever goes on with the run uses the same. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { HeldOut } from '../data';
import { MedpeftError } from '../errors';
import { runFiles } from '../runs';
import { writeAtomic } from '../runs/atomic';

export function writeHeldOut(folder: string, heldOut: HeldOut): void {
  writeAtomic(path.join(folder, runFiles.split), `${JSON.stringify(heldOut, null, 2)}\n`);
}

/** @returns undefined if the run held nothing out, or is older than the file. @throws MP4003 if the file is damaged. */
export function readHeldOut(folder: string): HeldOut | undefined {
  const file = path.join(folder, runFiles.split);
  if (!existsSync(file)) return undefined;
  let read: Partial<HeldOut> | undefined;
  try {
    read = JSON.parse(readFileSync(file, 'utf8')) as Partial<HeldOut>;
  } catch (cause) {
    throw damaged(file, cause);
  }
  const { from, fraction, by, seed, validation } = read ?? {};
  const whole =
    typeof from === 'string' &&
    typeof fraction === 'number' &&
    (by === 'item' || by === 'image' || by === 'patient') &&
    typeof seed === 'number' &&
    Array.isArray(validation) &&
    validation.every((id) => typeof id === 'string');
  if (!whole) throw damaged(file);
  return { from, fraction, by, seed, validation };
}

function damaged(file: string, cause?: unknown): MedpeftError {
  return new MedpeftError(
    'MP4003',
    `${file} does not say which records the run holds out for validation`,
    'remove it, and the run holds out what the spec says; or run the spec again',
    file,
    { cause },
  );
}
