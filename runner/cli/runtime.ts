/** Where runs are computed and written: the command line's words over the spec's, tried once before the first run begins. */
import { backendNames, checkBackend, chosenBackend } from '../backends';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan';
import { probeOutputFolder } from '../runs';
import { nearest } from '../spec';
import { type Arguments, optionOf } from './command';

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

/**
 * Tries what all runs need, once for all of them: a device that this version has (MP3101), an output folder that can be written (MP4001).
 * @param args say whether the command line or the spec named the device
 */
export function checkRuntime(runs: readonly PlannedRun[], args: Arguments): void {
  for (const { runtime, specFile } of runs)
    try {
      checkBackend(chosenBackend(runtime));
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      const word = /^device/.test(error.message) ? 'device' : 'backend';
      const hint = args.options.has(word)
        ? `it was given as --${word} ${runtime[word]}; ${error.hint}, or leave the option out`
        : `it stands in runtime.${word} of the spec; ${error.hint}`;
      throw new MedpeftError(error.code, error.message, hint, args.options.has(word) ? undefined : specFile);
    }
  for (const folder of new Set(runs.map(({ outputDir }) => outputDir))) probeOutputFolder(folder);
}
