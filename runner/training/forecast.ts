/** How long a run will take: its work, by what this machine and this process need for each part of it, measured for a moment. */
import { createHash } from 'node:crypto';
import type { Backend } from '../backends';
import { measureSeconds } from '../backends/speed';
import type { ProgramRun } from '../models/footprint';
import { adamwStep, zeroMoments } from './adamw';
import { globalNorm } from './clip';
import type { Work } from './work';

export interface Forecast {
  /** Of one optimiser step. */
  step: number;
  /** Of the run: steps, encoding of images, scoring; without starting and reading the checkpoint. */
  total: number;
}

/** Values that the optimiser's speed is measured on. */
const sampleSize = 2 ** 19;

/** Measures each program once, whichever runs share it. */
export function forecaster(backend: Backend): (work: Work) => Promise<Forecast> {
  const known = new Map<string, Promise<number>>();
  const secondsOf = async (runs: readonly ProgramRun[]): Promise<number> => {
    let sum = 0;
    for (const { program, feeds, times } of runs) {
      const shapes = Object.entries(feeds).map(([name, { shape }]) => [name, shape]);
      const key = createHash('sha256')
        .update(JSON.stringify([program, shapes]))
        .digest('hex');
      const seconds = known.get(key) ?? measureSeconds(backend, { program, feeds });
      known.set(key, seconds);
      sum += times * (await seconds);
    }
    return sum;
  };
  let perValue: number | undefined;
  return async ({ microBatch, trained, optimiserSteps, microBatches, beside }) => {
    perValue ??= optimiserSecondsPerValue();
    const optimiser = trained * perValue;
    const micro = optimiserSteps > 0 ? await secondsOf(microBatch) : 0;
    return {
      step: optimiserSteps > 0 ? (micro * microBatches) / optimiserSteps + optimiser : 0,
      total: micro * microBatches + optimiser * optimiserSteps + (await secondsOf(beside)),
    };
  };
}

/** Norm and AdamW, for one value. */
function optimiserSecondsPerValue(): number {
  const [value, gradient] = [new Float32Array(sampleSize).fill(0.5), new Float32Array(sampleSize).fill(0.1)];
  const moments = zeroMoments(value);
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const once = (step: number) => {
    const began = performance.now();
    globalNorm([gradient]);
    adamwStep(value, gradient, moments, settings, { rate: 1e-3, decay: 0, scale: 1, step });
    return (performance.now() - began) / 1000;
  };
  // the first ones are not compiled yet
  const seconds = [1, 2, 3, 4, 5].map(once).slice(2);
  return Math.min(...seconds) / sampleSize;
}
