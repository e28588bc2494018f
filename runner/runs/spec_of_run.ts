/** Which spec a run belongs to. Its manifest tells where that lay at the start; spec, run folder or all of a project may have been moved, renamed or copied since. */
import path from 'node:path';
import type { RunSummary } from './read';

/** Where a spec lies and its runs are written, absolute, and the name that it gives itself. */
export interface SpecPlace {
  file: string;
  outputDir: string;
  name?: string;
}

/**
 * The file of the spec that the run is shown under: the one that its manifest names, unless that does not write into the run's folder (any more) and
 * one of the specs that do is its copy (the same file name), or, where the named file is gone, the only one of the same name or the only one at all.
 * Undefined for a manifest without a spec.
 * @param specs those that are known
 * @param outputDirOf the absolute output folder of a spec that is not among them, undefined where there is no such file
 */
export function specOfRun(
  { folder, manifest }: Pick<RunSummary, 'folder' | 'manifest'>,
  specs: readonly SpecPlace[],
  outputDirOf: (file: string) => string | undefined,
): string | undefined {
  const { spec } = manifest;
  if (!spec) return undefined;
  const dir = path.dirname(folder);
  const here = specs.filter(({ outputDir }) => outputDir === dir);
  if (here.some(({ file }) => file === spec.file)) return spec.file;
  const known = specs.find(({ file }) => file === spec.file);
  const itsDir = known?.outputDir ?? (here.length > 0 ? outputDirOf(spec.file) : undefined);
  if (itsDir === dir) return spec.file;
  const copies = here.filter(({ file }) => fileName(file) === fileName(spec.file));
  const renamed = here.filter(({ name }) => spec.name && name === spec.name);
  const likely = itsDir === undefined ? [copies, renamed, here] : [copies];
  return likely.find((some) => some.length === 1)?.[0]?.file ?? spec.file;
}

/** Also of a path that another system wrote. */
const fileName = (file: string) => path.win32.basename(file);
