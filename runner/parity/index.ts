/** Compares this engine with golden values of other implementations: every case of a folder, or why it is skipped. */
import { statSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { counts } from './counts';
import { forward } from './forward';
import { generation } from './generation';
import { gradients } from './gradients';
import { images } from './images';
import { methodFolders } from './methods';
import { names } from './names';
import { ops } from './ops';
import { adamw, schedules } from './optimiser';
import { peftFolders } from './peft';
import { probes } from './probes';
import { trajectories } from './trajectories';
import type { Computing, MethodKind, ParityCase, ParityKind, Shard } from './types';

export type { ParityCase, Shard } from './types';

/** The kinds of cases: adding one is one file and one line. */
const kinds: readonly ParityKind[] = [ops, adamw, schedules, images, names, forward, gradients, generation];

/** The kinds of cases about methods, which take nearly all of the time. */
const methodKinds: readonly MethodKind[] = [counts, trajectories, probes, peftFolders];

/** What frozen matrices in float16 have a part in. */
const rounded: ReadonlySet<ParityKind | MethodKind> = new Set([forward, gradients, generation, trajectories, probes]);

/** How many times what float32 is allowed a rounding of all frozen matrices to float16 is allowed. docs/backends.md has what was measured. */
const roundedShare = 1000;

interface ParityOptions {
  /** Told of each case as soon as it is known. */
  onCase?: (done: ParityCase) => void;
  /** Methods are dealt out in turn; all that is not about methods is in the first share. */
  shard?: Shard;
}

/**
 * Every case of the folder, or of a share of it; in float16 those that frozen matrices have a part in.
 * @throws MP2001 if the folder is not there, or holds none.
 */
export async function runParity(
  root: string,
  on: Computing,
  { onCase = () => {}, shard = { index: 1, of: 1 } }: ParityOptions = {},
): Promise<ParityCase[]> {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory())
    throw new MedpeftError('MP2001', `there is no folder ${root}`, 'check the path', root);
  const cases: ParityCase[] = [];
  const isRounded = on.precision === 'float16';
  const isAsked = (kind: ParityKind | MethodKind) => !isRounded || rounded.has(kind);
  const methods = methodFolders(root).filter((_, i) => i % shard.of === shard.index - 1);
  const all = [
    ...(shard.index === 1 ? kinds.filter(isAsked).map((kind) => kind({ root, ...on })) : []),
    ...methodKinds.filter(isAsked).map((kind) => kind(methods, on)),
  ];
  for (const some of all)
    for await (const found of some) {
      const done = isRounded ? allowing(found, roundedShare) : found;
      cases.push(done);
      onCase(done);
    }
  if (cases.length === 0 && shard.of === 1)
    throw new MedpeftError(
      'MP2001',
      `${root} holds no golden values`,
      'name the folder that holds a folder for each model',
      root,
    );
  return cases;
}

/** A case that may differ by so many times as much. */
function allowing(found: ParityCase, times: number): ParityCase {
  const { name, max_error: error, tolerance } = found;
  if (error === undefined) return found;
  const allowed = times * tolerance!;
  const status = error <= allowed ? 'passed' : 'failed';
  return { name, status, max_error: error, tolerance: allowed, ...(status === 'failed' && { reason: found.reason }) };
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
