/** Where a spec's runs are written, and what it is called. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import { loadSpec } from './load';

/** Absolute; the schema's default where the spec does not say. */
export function outputDirOf(file: string, spec: Pick<Spec, 'runtime'> | undefined): string {
  return path.resolve(path.dirname(file), spec?.runtime?.output_dir ?? 'runs');
}

/** The name that the spec gives itself, else its file's, and its absolute output folder. A broken spec tells what it can; never throws for what a user wrote. */
export function describeSpec(file: string): { name: string; outputDir: string } {
  const { spec, usable } = loadSpec(file);
  const said = spec ?? usable?.spec;
  return { name: said?.name ?? path.basename(file, '.medpeft.json'), outputDir: outputDirOf(file, said) };
}

/**
 * Absolute output folder of a spec that a run folder names; undefined where there is no such file here. The name may be another machine's or
 * anybody's, so no other machine is asked for it, and nothing but a plain file is read.
 */
export function outputDirIfThere(file: string): string | undefined {
  const isShare = /^[\\/]{2}/.test(file);
  if (isShare || !path.isAbsolute(file) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  return describeSpec(file).outputDir;
}
