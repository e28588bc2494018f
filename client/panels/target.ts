/** Which runs a panel shows. */
import path from 'node:path';
import type { Translate } from '../runs/describe';
import type { RunStore, RunSummary } from '../runs/store';
import type { PanelTarget } from '../services';

type Store = Pick<RunStore, 'get' | 'list' | 'ofSpec' | 'specOf'>;

/** The runs of the target, one an id (of copies in several output folders the one that was started last). */
export function runsOf(store: Store, target: PanelTarget): RunSummary[] {
  const found = new Map<string, RunSummary>();
  for (const run of candidates(store, target)) if (!found.has(run.id)) found.set(run.id, run);
  return [...found.values()].sort((a, b) => a.manifest.created.localeCompare(b.manifest.created));
}

function candidates(store: Store, { folder, specFile }: PanelTarget): readonly RunSummary[] {
  if (folder) {
    const run = store.get(folder);
    return run ? [run] : [];
  }
  if (specFile) return store.ofSpec(specFile);
  // neither: the spec whose run was started last
  const latest = store.list()[0];
  return latest ? store.ofSpec(store.specOf(latest)) : [];
}

/** The spec's file name; of a single run its method as well. */
export function targetLabel(
  store: Pick<RunStore, 'specOf'>,
  { folder, specFile }: PanelTarget,
  runs: readonly RunSummary[],
  t: Translate,
): string {
  const [run] = runs;
  const file = specFile ?? (run && store.specOf(run));
  const name = file ? path.basename(file) : t('no run yet');
  return folder && run ? `${run.manifest.method}, ${t('seed {0}', run.manifest.seed)} (${name})` : name;
}
