/** Runs in a few words, the same in the tree, the status bar and the notices. Pure; `t` is `vscode.l10n.t`. */
import type { RunFilter } from '../runner/launch';
import type { RunState, RunSummary } from './store';

export type Translate = (message: string, ...args: (string | number)[]) => string;

/** Share of the steps that are done, 0..1; undefined where the number of steps is not known. */
export function share({ progress: { step, totalSteps } }: Pick<RunSummary, 'progress'>): number | undefined {
  return totalSteps === 0 ? undefined : Math.min(1, step / totalSteps);
}

/** `45 %`, or nothing. */
export function percent(run: Pick<RunSummary, 'progress'>): string {
  const done = share(run);
  return done === undefined ? '' : `${Math.floor(done * 100)} %`;
}

/** `8 s`, `3 min`, `2 h 5 min`: for times that are estimates or ages. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 90) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What names a run within its spec. */
export interface RunName {
  model: string;
  task: string;
  method: string;
  seed: number;
  sweep?: Record<string, unknown>;
}

/** What tells a run from its neighbours in the same spec: method, then model, task and seed where they differ, and the sweep point. */
export function nameAmong(run: RunName, siblings: readonly RunName[]): string {
  const several = (key: 'model' | 'task' | 'seed') => siblings.some((other) => other[key] !== run[key]);
  return [
    run.method,
    several('model') ? run.model : '',
    several('task') ? run.task : '',
    several('seed') ? `seed ${run.seed}` : '',
    ...Object.entries(run.sweep ?? {}).map(([path, value]) => `${path.split('.').at(-1)}=${JSON.stringify(value)}`),
  ]
    .filter(Boolean)
    .join(' · ');
}

export function runLabel({ manifest }: RunSummary, siblings: readonly RunSummary[]): string {
  return nameAmong(
    manifest,
    siblings.map((run) => run.manifest),
  );
}

/** What a start was narrowed to: `lora, ffn · seed 1`. */
export function startLabel(filter: RunFilter | undefined, t: Translate): string {
  const { model, task, methods = [], seeds = [] } = filter ?? {};
  const parts = [methods.join(', '), model, task, seeds.map((seed) => `seed ${seed}`).join(', ')].filter(Boolean);
  return parts.length > 0 ? parts.join(' · ') : t('all runs');
}

/** `onnxruntime 1.30.0 on cpu: there is no GPU`; nothing before the run was opened. */
export function computedBy({ manifest: { runtime = {} } }: Pick<RunSummary, 'manifest'>): string {
  const { backend, backend_version: version, device, chosen_because: reason } = runtime;
  return version === undefined ? '' : `${backend} ${version}, ${device}${reason === undefined ? '' : `: ${reason}`}`;
}

export function stateText(state: RunState, t: Translate): string {
  switch (state) {
    case 'queued':
      return t('queued');
    case 'running':
      return t('running');
    case 'finished':
      return t('finished');
    case 'failed':
      return t('failed');
    case 'cancelled':
      return t('cancelled');
    case 'interrupted':
      return t('interrupted');
  }
}

/** State and, while it runs, how far it is and how long ago it last said something. */
export function runDescription(run: RunSummary, now: number, t: Translate): string {
  if (run.state !== 'running') return [stateText(run.state, t), stoppedAt(run, t)].filter(Boolean).join(' · ');
  const { step, totalSteps, loss, secondsLeft, doing = '' } = run.progress;
  // what matters most comes first: narrow views cut the end
  return [
    percent(run),
    secondsLeft === undefined ? '' : t('{0} left', duration(secondsLeft)),
    lastEventAge(run, now, t),
    totalSteps === 0 ? t('step {0}', step) : t('step {0} of {1}', step, totalSteps),
    doing,
    loss === undefined ? '' : t('loss {0}', loss.toPrecision(3)),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `last event 2 s ago`, on the reader's clock. */
export function lastEventAge({ lastEvent }: RunSummary, now: number, t: Translate): string {
  return lastEvent ? t('last event {0} ago', duration((now - Date.parse(lastEvent.time)) / 1000)) : '';
}

/** Why a run ended before its time, if it said so. */
export function failureReason({ lastEvent }: RunSummary): { code: string; message: string; hint?: string } | undefined {
  if (lastEvent?.type !== 'run_failed') return undefined;
  const { code, message, hint } = lastEvent;
  return { code, message, hint };
}

function stoppedAt(run: RunSummary, t: Translate): string {
  const { step, totalSteps } = run.progress;
  const unfinished = run.state === 'failed' || run.state === 'cancelled' || run.state === 'interrupted';
  return unfinished && totalSteps ? t('step {0} of {1}', step, totalSteps) : '';
}
