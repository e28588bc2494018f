/** The folder that runs are written to: made level by level, and tried before anything is computed. */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { refusalText } from '../text';

/**
 * Makes a folder and those above it. `mkdirSync` with `recursive` never returns where a parent exists but takes no entries, as /proc does;
 * here each level is tried once, and the system's refusal is thrown as it is.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let at = path.resolve(folder);
  for (; statSync(at, { throwIfNoEntry: false }) === undefined; at = path.dirname(at)) missing.push(at);
  if (!statSync(at).isDirectory())
    throw Object.assign(new Error(`${at} is a file, no folder`), { code: 'ENOTDIR', path: at });
  for (const level of missing.reverse())
    try {
      mkdirSync(level);
    } catch (error) {
      // another process may have been quicker
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
}

/** A folder that takes no entries, as /proc, says of what should be made in it that it does not exist. */
function whyNot(cause: unknown): string {
  const { code, path: at, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' && at) return `nothing can be made in ${path.dirname(at)}`;
  return code === 'ENOTDIR' ? message : refusalText(cause);
}

/** Tries whether runs can be written to a folder, by making it and a file in it. MP4001 where not. */
export function probeOutputFolder(folder: string): void {
  const probe = path.join(folder, `.probe-${process.pid}`);
  try {
    makeFolder(folder);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new MedpeftError(
      'MP4001',
      `runs cannot be written to ${folder}: ${whyNot(cause)}`,
      (cause as NodeJS.ErrnoException).code === 'ENOSPC'
        ? 'make room on the disk, then call the same command again'
        : 'set runtime.output_dir of the spec to a folder that you may write to',
      folder,
      { cause },
    );
  }
}
