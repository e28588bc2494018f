/** Run summaries for tests, without folders. */
import type { RunState, RunStore, RunSummary } from '../../../client/runs/store';
import type { Result } from '../../../schemas/generated/result';

export interface RunFacts {
  method: string;
  state: RunState;
  seed?: number;
  step?: number;
  totalSteps?: number;
  secondsLeft?: number;
  lastEvent?: object;
  metrics?: Result['metrics'];
  spec?: string;
  created?: string;
}

export function run({
  method,
  state,
  seed = 0,
  step = 0,
  totalSteps = 60,
  secondsLeft,
  ...rest
}: RunFacts): RunSummary {
  const id = `m--vqa--${method}--seed${seed}`;
  const manifest = {
    format: 1,
    run: id,
    created: rest.created ?? '2026-01-01T00:00:00Z',
    model: 'm',
    task: 'vqa',
    method,
    seed,
    spec: { file: rest.spec ?? '/w/a.medpeft.json' },
  };
  return {
    id,
    folder: `/w/runs/${id}`,
    state,
    manifest,
    lastEvent: rest.lastEvent,
    progress: { step, totalSteps, secondsLeft },
    ...(state === 'finished' ? { result: { run: id, seconds: 2, metrics: rest.metrics ?? {} } } : {}),
  } as unknown as RunSummary;
}

/** A store over a list that the test changes, and says so by `tell`. */
export function fakeStore(initial: RunSummary[]): RunStore & { set(runs: RunSummary[]): void } {
  let runs = initial;
  const specOf = (one: RunSummary) => one.manifest.spec?.file ?? '';
  const listeners = new Set<(change: { folders: readonly string[] }) => void>();
  return {
    list: () => runs,
    get: (folder) => runs.find((one) => one.folder === folder),
    specOf,
    ofSpec: (file) => runs.filter((one) => specOf(one) === file),
    onDidChange: ((listener: (change: { folders: readonly string[] }) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    }) as RunStore['onDidChange'],
    refresh: async () => {},
    dispose: () => listeners.clear(),
    set: (next) => {
      runs = next;
      for (const listener of listeners) listener({ folders: next.map((one) => one.folder) });
    },
  };
}
