/** Where runs are computed and written: the command line's words over the spec's, tried once before the first run begins. */

import type { Spec } from '../../schemas/generated/spec';
import { backendNames, openBackend } from '../backends';
import { MedpeftError } from '../errors';
import { type PlannedRun, slurmSettings } from '../plan';
import { probeOutputFolder } from '../runs';
import { nearest } from '../spec';
import { chooseForRuns } from './choices';
import { type Arguments, optionOf, wholeNumber } from './command';

/** The run with backend and device of the command line in place of the spec's. MP4009 for a backend that does not exist. */
export function withRuntime(run: PlannedRun, args: Arguments): PlannedRun {
  const [backend = run.runtime.backend, device = run.runtime.device] = [
    optionOf(args, 'backend'),
    optionOf(args, 'device'),
  ];
  const known = ['auto', ...backendNames];
  if (args.options.has('backend') && !known.includes(backend)) {
    const near = nearest(backend, known);
    throw new MedpeftError(
      'MP4009',
      `--backend ${backend}: there is ${known.join(', ')}`,
      near ? `did you mean ${near}?` : undefined,
    );
  }
  return { ...run, runtime: { ...run.runtime, backend, device } };
}

/** The run with the executor of the command line in place of the spec's. MP4009 for one that does not exist. */
export function withExecutor(run: PlannedRun, spec: Pick<Spec, 'runtime'>, args: Arguments): PlannedRun {
  const executor = optionOf(args, 'executor');
  if (executor === undefined) return run;
  if (executor !== 'local' && executor !== 'slurm')
    throw new MedpeftError('MP4009', `--executor ${executor}: there is local and slurm`);
  const { slurm: _, ...here } = run;
  return executor === 'local' ? here : { ...here, slurm: run.slurm ?? slurmSettings(spec) };
}

/** How many local runs may go on at once. MP4009 for what is neither `auto` nor a whole number from 1. */
export function parallelOf(spec: Pick<Spec, 'runtime'>, args: Arguments): number | 'auto' {
  if (optionOf(args, 'parallel') === 'auto') return 'auto';
  return wholeNumber(args, 'parallel', 1) ?? spec.runtime?.parallel_runs ?? 1;
}

/**
 * Tries what all runs need, once for all of them: a device that can be had (MP3101), an output folder that can be written (MP4001).
 * @param args say whether the command line or the spec named the device
 * @returns the runs with where they are computed
 */
export async function checkRuntime(runs: readonly PlannedRun[], args: Arguments): Promise<PlannedRun[]> {
  const choices = await chooseForRuns(runs);
  const opened = new Set<string>();
  const checked: PlannedRun[] = [];
  for (const run of runs) {
    const computed = choices.get(run.id)!;
    if (computed instanceof MedpeftError) throw explained(computed, run, args);
    const key = `${computed.backend} ${computed.device}`;
    // What was chosen was tried already.
    if (!computed.automatic && !opened.has(key)) await openBackend(computed).catch(rethrown(run, args));
    opened.add(key);
    checked.push({ ...run, computed });
  }
  for (const folder of new Set(runs.map(({ outputDir }) => outputDir))) probeOutputFolder(folder);
  return checked;
}

const rethrown = (run: PlannedRun, args: Arguments) => (error: unknown) => {
  throw error instanceof MedpeftError ? explained(error, run, args) : error;
};

/** Where the device was named that cannot be had. */
function explained(error: MedpeftError, { runtime, specFile }: PlannedRun, args: Arguments): MedpeftError {
  const words = /^device/.test(error.message) ? (['device', 'backend'] as const) : (['backend', 'device'] as const);
  const word = words.find((one) => args.options.has(one)) ?? words.find((one) => runtime[one] !== 'auto') ?? words[1];
  const hint = args.options.has(word)
    ? `it was given as --${word} ${runtime[word]}; ${error.hint}, or leave the option out`
    : `it stands in runtime.${word} of the spec; ${error.hint}`;
  return new MedpeftError(error.code, error.message, hint, args.options.has(word) ? undefined : specFile);
}
