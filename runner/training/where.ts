/** Where a run is computed: as it was begun, as the other runs of its spec are, or by a new choice. Numbers of one experiment are then one backend's. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../schemas/generated/manifest';
import { type Choice, chooseBackend, type Wanted } from '../backends/select';
import { unlessRefused } from '../errors';
import type { PlannedRun } from '../plan/types';
import { readManifest, runFiles, runFolders } from '../runs';

/** What a manifest says of it; undefined for a run that was never opened. */
function choiceOf({ runtime }: Manifest): Choice | undefined {
  const { backend_version: version, backend, device, chosen_because: reason, chosen_automatically } = runtime ?? {};
  if (version === undefined || typeof backend !== 'string' || typeof device !== 'string') return undefined;
  return {
    backend,
    device,
    reason: typeof reason === 'string' ? reason : 'it was begun there',
    ...(chosen_automatically === true && { automatic: true }),
  };
}

/** A damaged neighbour says nothing; whoever opens it hears why. */
const manifestIn = (folder: string) => unlessRefused(() => readManifest(folder));

/** What was chosen for a run when it was begun, by itself or by name. */
function begunChoice({ id, outputDir }: PlannedRun): Choice | undefined {
  const folder = path.join(outputDir, id);
  const manifest = existsSync(path.join(folder, runFiles.manifest)) ? manifestIn(folder) : undefined;
  const choice = manifest && choiceOf(manifest);
  return choice && { ...choice, automatic: true };
}

/** What was chosen for the first run of a spec in an output folder whose device nobody named. */
export function neighboursChoice({
  specFile,
  outputDir,
}: Pick<PlannedRun, 'specFile' | 'outputDir'>): Choice | undefined {
  for (const folder of runFolders(outputDir).sort()) {
    const manifest = manifestIn(folder);
    const choice = manifest?.spec?.file === specFile ? choiceOf(manifest) : undefined;
    if (choice?.automatic) return choice;
  }
  return undefined;
}

/** The earlier choice that a run keeps to; none where a device is named now. */
export const keptChoice = (run: PlannedRun, neighbours = neighboursChoice): Choice | undefined =>
  run.runtime.device === 'auto' ? (begunChoice(run) ?? neighbours(run)) : undefined;

/** What a run asks of a backend. */
export const wantedOf = ({ model, runtime: { backend, device, threads } }: PlannedRun): Wanted => ({
  backend,
  device,
  threads,
  float16: model.frozen_precision === 'float16',
});

/** @throws MP3101 if what is named does not exist or does not do what is wanted, or nothing works */
export const whereComputed = (run: PlannedRun): Promise<Choice> => chooseBackend(wantedOf(run), keptChoice(run));
