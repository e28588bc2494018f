/** What a disk refuses, in words. */
import { existsSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { shellWord } from '../text';

/** Codes of writes to a folder that was there before; the last is that of network disks. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'ESTALE']);

/** The system's word for a write that it refused, as MP4001; anything else as it is. */
export function asRefusal(thrown: unknown, folder: string): unknown {
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === undefined || thrown instanceof MedpeftError) return thrown;
  // a folder that could not be made was not deleted
  const [why, hint] =
    gone.has(code) && !existsSync(folder)
      ? ['it was deleted while the run went on', 'run it again: it begins anew']
      : code === 'ENOSPC' || code === 'EDQUOT'
        ? [message, `make room on the disk, then medpeft resume ${shellWord(folder)}`]
        : [message, 'set runtime.output_dir to a folder that you may write to'];
  return new MedpeftError('MP4001', `the run folder cannot be written: ${why}`, hint, folder, { cause: thrown });
}

/** Runs a write and turns the system's refusal into words. */
export function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asRefusal(error, folder);
  }
}

/** Codes of writes that only a disk refuses, wherever in a run they come from. */
const ofDisks = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']);

/** The same for an error of which it is not known whether it comes of a write to the folder: of a full disk, or of a path within it. */
export function asFolderError(thrown: unknown, folder: string): unknown {
  const { code = '', path } = (thrown ?? {}) as NodeJS.ErrnoException;
  return ofDisks.has(code) || (code !== '' && path?.startsWith(folder)) ? asRefusal(thrown, folder) : thrown;
}
