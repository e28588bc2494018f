/** What the editor asks of a spec before it is planned; a broken spec gives what it can. */
import path from 'node:path';
import { loadSpec } from '../runner/spec';

/** Name and absolute output folder; the schema's default where the spec does not say. */
export function describeSpec(file: string): { name: string; outputDir: string } {
  const { spec } = loadSpec(file);
  return {
    name: spec?.name ?? path.basename(file, '.medpeft.json'),
    outputDir: path.resolve(path.dirname(file), spec?.runtime?.output_dir ?? 'runs'),
  };
}

export function methodNames(file: string): string[] {
  return Object.keys(loadSpec(file).spec?.methods ?? {});
}

export function taskNames(file: string): string[] {
  return Object.keys(loadSpec(file).spec?.tasks ?? {});
}
