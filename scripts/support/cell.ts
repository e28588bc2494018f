/** One cell of the support table, tried: planned, trained, stopped, resumed, scored. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { select } from '../../runner/methods';
import { inspectCheckpoint } from '../../runner/models';
import type { Component } from '../../runner/models/types';
import { type PlannedRun, planRuns } from '../../runner/plan';
import { type RunEvent, readEvents } from '../../runner/runs';
import { loadSpec } from '../../runner/spec';
import { deltaFile } from '../../runner/training/adapter';
import { executeRun } from '../../runner/training/execute';
import type { Task } from '../../schemas/generated/spec';
import { type Backend, type FamilyName, specOf } from './workplace';

/** Where a method acts, or why it is refused before the run. */
export type Cell = { components: Component[] } | { code: string; reason: string };

export interface Place {
  task: Task['type'];
  method: string;
  family: FamilyName;
}

/** @throws Error if a run that was not refused does not do what every run must. */
export async function tryCell(folder: string, { task, method, family }: Place, backend: Backend): Promise<Cell> {
  const planned = await planCell(folder, { task, method, family }, backend);
  if ('code' in planned) return planned;
  const where = path.join(folder, 'runs', task, method, family);
  const whole = await execute({ ...planned, outputDir: path.join(where, 'whole') });
  const parted = { ...planned, outputDir: path.join(where, 'parted') };
  const first = await execute(parted, ({ type }) => type === 'checkpoint');
  const second = await execute(parted);
  const losses = whole.events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
  const wrong = [
    whole.outcome === 'finished' || `it ${whole.outcome}: ${failureOf(whole.events)}`,
    losses.at(-1)! < losses[0]! || `its loss did not fall: ${losses.join(', ')}`,
    whole.events.some(({ type }) => type === 'evaluation') || 'it was not scored',
    (first.outcome === 'cancelled' && second.outcome === 'finished') || 'it did not go on from its checkpoint',
    whole.trained().equals(second.trained()) || 'it ended with other bytes when it was resumed',
  ].filter((problem) => problem !== true);
  if (wrong.length > 0) throw new Error(`${task}, ${method}, ${family}: ${wrong[0]}`);
  const { base, added } = select(inspectCheckpoint(planned.model.path, family).parameters, planned);
  const acts = new Set([
    ...base.map(({ parameter }) => parameter.component),
    ...added.map(({ component }) => component),
  ]);
  return { components: [...acts].sort() };
}

/** @returns the run, or why there is none */
export async function planCell(
  folder: string,
  { task, method, family }: Place,
  backend: Backend,
): Promise<PlannedRun | { code: string; reason: string }> {
  const file = path.join(folder, 'support.medpeft.json');
  const text = JSON.stringify(specOf(task, method, family, backend));
  const { runs, diagnostics } = await planRuns(loadSpec(file, { text }));
  const refused = diagnostics.find(({ severity }) => severity === 'error');
  if (refused) return { code: refused.code, reason: refused.message };
  if (!runs[0]) throw new Error(`${task}, ${method}, ${family}: neither planned nor refused`);
  return runs[0];
}

/** Runs or resumes, until something is told. */
async function execute(run: PlannedRun, until: (event: RunEvent) => boolean = () => false) {
  let stopped = false;
  const outcome = await executeRun(run, {
    stop: () => stopped,
    onEvent: (event) => {
      stopped ||= until(event);
    },
  });
  const folder = path.join(run.outputDir, run.id);
  return { outcome, events: readEvents(folder).events, trained: () => readFileSync(path.join(folder, deltaFile)) };
}

function failureOf(events: readonly RunEvent[]): string {
  const last = events.at(-1);
  return last?.type === 'run_failed' ? `${last.code} ${last.message}` : 'no reason was told';
}
