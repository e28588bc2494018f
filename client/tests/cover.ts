/** Turns a choice of runs into starts of the command line, which narrows by model, task, methods and seeds. Pure. */
import type { RunFilter } from '../runner/launch';

/** What tells the runs of a spec apart, sweep points aside. */
export interface RunKey {
  id: string;
  model: string;
  task: string;
  method: string;
  seed: number;
}

/**
 * As few filters as reach every wanted run and no other. Some points of a sweep without the others are named one by one.
 * @param all the runs of the spec
 */
export function filtersFor(all: readonly RunKey[], wanted: ReadonlySet<string>): RunFilter[] {
  if (all.every((run) => wanted.has(run.id))) return all.length > 0 ? [{}] : [];
  const named = partsOfSweeps(all, wanted);
  const whole = new Set([...wanted].filter((id) => !named.some((run) => run.id === id)));
  const methods = [...new Set(named.map(({ method }) => method))];
  return [...filtersForWhole(all, whole), ...(named.length > 0 ? [{ methods, only: named.map(({ id }) => id) }] : [])];
}

/** Wanted runs that differ from one that is not wanted in the sweep point alone. */
function partsOfSweeps(all: readonly RunKey[], wanted: ReadonlySet<string>): RunKey[] {
  const key = ({ model, task, method, seed }: RunKey) => JSON.stringify([model, task, method, seed]);
  const left = new Set(all.filter(({ id }) => !wanted.has(id)).map(key));
  return all.filter((run) => wanted.has(run.id) && left.has(key(run)));
}

function filtersForWhole(all: readonly RunKey[], wanted: ReadonlySet<string>): RunFilter[] {
  const filters: RunFilter[] = [];
  for (const { model, task } of distinct(all, (run) => JSON.stringify([run.model, run.task]))) {
    const here = all.filter((run) => run.model === model && run.task === task);
    const byMethod = new Map<string, number[]>();
    for (const run of here.filter(({ id }) => wanted.has(id)))
      byMethod.set(
        run.method,
        [...new Set([...(byMethod.get(run.method) ?? []), run.seed])].sort((a, b) => a - b),
      );
    // methods that want the same seeds go together
    const bySeeds = new Map<string, { methods: string[]; seeds: number[] }>();
    for (const [method, seeds] of byMethod) {
      const group = bySeeds.get(seeds.join()) ?? { methods: [], seeds };
      group.methods.push(method);
      bySeeds.set(seeds.join(), group);
    }
    const allSeeds = new Set(here.map((run) => run.seed)).size;
    for (const { methods, seeds } of bySeeds.values())
      filters.push({ model, task, methods, ...(seeds.length < allSeeds ? { seeds } : {}) });
  }
  return filters;
}

function distinct<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
