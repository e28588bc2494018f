/** Which runs a panel shows. */
import path from 'node:path';
import type { RunStore, RunSummary } from '../runs/store';
import type { PanelTarget } from '../services';

/** The runs of the target, one an id (of copies in several output folders the one that was started last). */
export function runsOf(store: Pick<RunStore, 'get' | 'list' | 'ofSpec'>, target: PanelTarget): RunSummary[] {
  const found = new Map<string, RunSummary>();
  for (const run of candidates(store, target)) if (!found.has(run.id)) found.set(run.id, run);
  return [...found.values()].sort((a, b) => a.manifest.created.localeCompare(b.manifest.created));
}

function candidates(
  store: Pick<RunStore, 'get' | 'list' | 'ofSpec'>,
  { folder, specFile }: PanelTarget,
): readonly RunSummary[] {
  if (folder) {
    const run = store.get(folder);
    return run ? [run] : [];
  }
  if (specFile) return store.ofSpec(specFile);
  // neither: the spec whose run was started last
  const latest = store.list()[0];
  const file = latest?.manifest.spec?.file;
  if (!latest) return [];
  return file ? store.ofSpec(file) : [latest];
}

/** The spec's file name; of a single run its method as well. */
export function targetLabel({ folder, specFile }: PanelTarget, runs: readonly RunSummary[]): string {
  const [run] = runs;
  const file = specFile ?? run?.manifest.spec?.file;
  const name = file ? path.basename(file) : 'no run yet';
  return folder && run ? `${run.manifest.method}, seed ${run.manifest.seed} (${name})` : name;
}
