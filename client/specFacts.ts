/** Names that the editor offers before a spec is planned; a broken spec gives what it can. */
import { loadSpec } from '../runner/spec';

export function methodNames(file: string): string[] {
  return Object.keys(loadSpec(file).spec?.methods ?? {});
}

export function taskNames(file: string): string[] {
  return Object.keys(loadSpec(file).spec?.tasks ?? {});
}
