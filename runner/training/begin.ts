/** Where a run begins: at its first step, or at the latest checkpoint that is whole; and the events that say so. */
import type { ParameterCounts } from '../../schemas/generated/manifest';
import type { Order } from '../data/order';
import type { Model } from '../models/types';
import { type RunWriter, readEvents } from '../runs';
import { type Moments, zeroMoments } from './adamw';
import { findState, loadTensors, type TrainingState } from './checkpoint';

/** What the last bits of a result depend on beside the run itself. */
export interface Environment {
  backend: string;
  device: string;
  backend_version: string;
  threads: number;
  host: string;
  node: string;
}

export interface Beginning {
  state: TrainingState;
  moments: Map<string, Moments>;
}

/**
 * Writes `run_started`, or `run_resumed` with a warning for each checkpoint that cannot be used.
 * @param resumes whether the run has begun before
 */
export async function begin(
  { id, writer, model }: { id: string; writer: RunWriter; model: Model },
  { order, counts, environment }: { order: Order | undefined; counts: ParameterCounts; environment: Environment },
  resumes: boolean,
): Promise<Beginning> {
  const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
  const fresh: TrainingState = {
    step: 0,
    evaluatedStep: 0,
    seconds: 0,
    trainingSeconds: 0,
    items: 0,
    gradientSeen: [],
    environment,
  };
  if (!resumes) {
    const { backend, device, threads } = environment;
    writer.append({
      type: 'run_started',
      run: id,
      total_steps: order?.totalSteps ?? 0,
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
