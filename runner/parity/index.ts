/** Compares this engine with golden values of other implementations: every case of a folder, or why it is skipped. */
import { existsSync } from 'node:fs';
import type { Backend } from '../backends';
import { MedpeftError } from '../errors';
import { counts } from './counts';
import { forward } from './forward';
import { generation } from './generation';
import { gradients } from './gradients';
import { images } from './images';
import { names } from './names';
import { ops } from './ops';
import { adamw, schedules } from './optimiser';
import { peftFolders } from './peft';
import { probes } from './probes';
import { trajectories } from './trajectories';
import type { ParityCase, ParityKind } from './types';

export type { ParityCase } from './types';

/** The kinds of cases: adding one is one file and one line. */
const kinds: readonly ParityKind[] = [
  ops,
  adamw,
  schedules,
  images,
  names,
  forward,
  gradients,
  generation,
  counts,
  trajectories,
  probes,
  peftFolders,
];

/**
 * @param onCase told of each case as soon as it is known.
 * @throws MP2001 if the folder is not there.
 */
export async function runParity(
  root: string,
  backend: Backend,
  onCase: (done: ParityCase) => void = () => {},
): Promise<ParityCase[]> {
  if (!existsSync(root)) throw new MedpeftError('MP2001', `the folder ${root} is not there`, 'check the path', root);
  const cases: ParityCase[] = [];
  for (const kind of kinds)
    for await (const done of kind({ root, backend })) {
      cases.push(done);
      onCase(done);
    }
  return cases;
}

/** A case as one line. */
export function renderCase({ name, status, max_error: error, tolerance, reason }: ParityCase): string {
  const figures = error === undefined ? '' : ` (${error.toExponential(1)} of ${tolerance!.toExponential(0)})`;
  return `${status.padEnd(7)} ${name}${figures}${reason ? `: ${reason}` : ''}`;
}

export function renderCounts(cases: readonly ParityCase[]): string {
  const count = (status: ParityCase['status']) => cases.filter((one) => one.status === status).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
