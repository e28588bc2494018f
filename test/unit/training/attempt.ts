/** Runs of the fake model in a folder, and what is read of them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { effectiveEvents, openRun, readEvents } from '../../../runner/runs';
import { trainAndScore } from '../../../runner/training/loop';
import { manifestOf } from '../../../runner/training/manifest';
import type { TrainedModel } from '../../../runner/training/not_finite';
import { temporaryFolder } from '../runs/fixture';
import { type Bend, fakeData, fakeModel, fakeRun, noSelection } from './fake';

export const environment = {
  backend: 'fake',
  device: 'cpu',
  backend_version: '1',
  threads: 1,
  host: 'here',
  node: '20',
};
const counts = { trainable: 28, added: 0, base_total: 33, percent: 84.8, tensors: 2 };

export interface Attempt {
  bend?: Bend;
  tuned?: string[];
  /** In place of the fake one. */
  model?: TrainedModel;
  learningRate?: number;
  /** Candidate rates, in place of the one. */
  candidates?: number[];
  training?: Parameters<typeof fakeRun>[1];
  data?: ReturnType<typeof fakeData>;
  /** Stop is said at the n-th question whether to. */
  stopAt?: number;
  stop?(): boolean;
}

/** Runs or resumes in a folder, as the worker does. */
export async function attempt(
  folder: string,
  { bend, tuned, model, learningRate, candidates, training, data = fakeData(bend), stopAt, stop }: Attempt = {},
) {
  const run = fakeRun(path.dirname(folder), training);
  if (learningRate !== undefined) run.method.learningRate = learningRate;
  if (candidates) run.method = { ...run.method, learningRate: undefined, learningRateCandidates: candidates };
  const writer = await openRun(folder);
  const resumes = existsSync(path.join(folder, 'manifest.json'));
  if (!resumes) writer.writeManifest(manifestOf(run));
  let asked = 0;
  try {
    return await trainAndScore({
      run,
      model: model ?? fakeModel({ bend, tuned }),
      selection: noSelection,
      data,
      writer,
      counts,
      environment,
      resumes,
      stop: stop ?? (() => ++asked >= (stopAt ?? Number.POSITIVE_INFINITY)),
    });
  } finally {
    await writer.close();
  }
}

export const newFolder = () => path.join(temporaryFolder(), 'run');
export const events = (folder: string) => effectiveEvents(readEvents(folder).events);
export const delta = (folder: string) =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, 'adapter/delta.safetensors')))
    .digest('hex');
export const curve = (folder: string) =>
  events(folder).flatMap<(number | string | null | undefined)[]>((event) =>
    event.type === 'step'
      ? [[event.step, event.loss, event.learning_rate, event.gradient_norm]]
      : event.type === 'evaluation'
        ? [[event.split, event.step, event.metrics.exact_match!.value]]
        : [],
  );
export const checkpoints = (folder: string) =>
  readdirSync(path.join(folder, 'checkpoints')).filter((name) => name.endsWith('.safetensors'));
