/** Where a run begins: at its first step, or at the latest checkpoint that is whole; and the events that say so. */
import type { ParameterCounts } from '../../schemas/generated/manifest';
import type { Order } from '../data/order';
import type { Model } from '../models/types';
import type { PlannedRun } from '../plan/types';
import { type RunWriter, readEvents } from '../runs';
import { type Moments, zeroMoments } from './adamw';
import { findState, keepUntouched, loadTensors } from './checkpoint';
import { type Environment, freshState, type TrainingState } from './state';

export interface Beginner {
  run: PlannedRun;
  writer: RunWriter;
  model: Model;
  counts: ParameterCounts;
  environment: Environment;
  /** Whether the run has begun before. */
  resumes: boolean;
}

export interface Beginning {
  state: TrainingState;
  moments: Map<string, Moments>;
}

/**
 * Writes `run_started`, or `run_resumed` with a warning for each checkpoint that cannot be used.
 */
export async function begin(
  { run, writer, model, counts, environment, resumes }: Beginner,
  order: Order | undefined,
): Promise<Beginning> {
  const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
  const fresh = freshState(run, environment);
  const trials = fresh.trials.length;
  if (trials > 1) keepUntouched(writer.folder, model.trainables);
  if (!resumes) {
    const { backend, device, threads } = environment;
    writer.append({
      type: 'run_started',
      run: run.id,
      total_steps: trials * (order?.totalSteps ?? 0),
      steps_per_epoch: order?.stepsPerEpoch ?? 0,
      trainable: counts.trainable,
      base_total: counts.base_total,
      added: counts.added,
      backend,
      device,
      threads,
    });
    return { state: fresh, moments };
  }
  const damaged: string[] = [];
  const wrote = readEvents(writer.folder).events.some(({ type }) => type === 'checkpoint');
  const found = await findState(writer.folder, (problem) => damaged.push(problem));
  if (!found && damaged.length === 0 && wrote) damaged.push('all of them are gone');
  if (found) loadTensors(writer.folder, found.step, model.trainables, moments);
  const state = found ?? fresh;
  writer.append({
    type: 'run_resumed',
    from_step: state.step,
    bit_exact: Object.entries(environment).every(
      ([key, value]) => state.environment[key as keyof Environment] === value,
    ),
  });
  for (const problem of damaged)
    writer.append({
      type: 'warning',
      code: 'MP4004',
      message: `checkpoints that cannot be used: ${problem}`,
      hint: state.step > 0 ? `the run goes on from step ${state.step}` : 'the run begins anew',
    });
  return { state: { ...state, environment }, moments };
}
