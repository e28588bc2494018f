/** A run where it lies now: spec, model and data may have been moved, renamed or copied together with its folder since it began. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { PlannedRun } from '../plan/types';
import { type RunSummary, type SpecPlace, specOfRun } from '../runs';
import { describeSpec, outputDirIfThere } from '../spec';
import { plannedOf } from './manifest';

/**
 * `plannedOf`, with the spec that writes into the run's folder now (`specOfRun`), and with the model and data that lie from there as they lay from the
 * spec of the manifest. What does not lie there keeps its path: a spec may name folders outside of its project.
 * @throws MP4003 as `plannedOf` does
 */
export function plannedHere(run: Pick<RunSummary, 'manifest' | 'folder'>): PlannedRun {
  const planned = plannedOf(run);
  const specFile = specOfRun(run, specsAround(planned), outputDirIfThere) ?? planned.specFile;
  return specFile === planned.specFile ? planned : movedTo(specFile, planned);
}

function movedTo(specFile: string, run: PlannedRun): PlannedRun {
  const moved = (file: string): string => {
    const { relative, dirname, sep } = pathsLike(run.specFile);
    const there = path.resolve(path.dirname(specFile), ...relative(dirname(run.specFile), file).split(sep));
    return existsSync(there) ? there : file;
  };
  const datasets = Object.entries(run.datasets).map(([name, { path: data, image_folder: images, ...rest }]) => [
    name,
    { ...rest, path: moved(data), ...(images === undefined ? {} : { image_folder: moved(images) }) },
  ]);
  return {
    ...run,
    specFile,
    model: { ...run.model, path: moved(run.model.path) },
    datasets: Object.fromEntries(datasets),
  };
}

/**
 * Specs that may write into the run's folder: those of each folder above it, and of folders below these that are called as the end of the path to the
 * spec of the manifest is.
 */
function specsAround({ specFile, outputDir }: PlannedRun): SpecPlace[] {
  const { dirname, sep } = pathsLike(specFile);
  const names = dirname(specFile).split(sep).filter(Boolean);
  const ends = names.map((_, i) => names.slice(i)).concat([[]]);
  const folders = new Set(above(outputDir).flatMap((folder) => ends.map((end) => path.join(folder, ...end))));
  return [...folders].flatMap(specsIn).map((file) => ({ file, ...describeSpec(file) }));
}

/** A manifest may have been written on another system. */
function pathsLike(file: string): path.PlatformPath {
  return path.win32.isAbsolute(file) && !path.posix.isAbsolute(file) ? path.win32 : path.posix;
}

function above(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

function specsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.medpeft.json'))
    .map((entry) => path.join(folder, entry.name));
}
