/** Time of a training step and of generation for a small model: `node dist/bench/step.js [threads]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBackend } from '../runner/backends';
import type { Batch } from '../runner/data/types';
import { inspectCheckpoint } from '../runner/models';
import { loadModel } from '../runner/models/load';
import type { Model, Parameter } from '../runner/models/types';
import { adamwStep, zeroMoments } from '../runner/training/adamw';
import { type ModelSize, randomBatch, writeRandomModel } from './random_model';

const size: ModelSize = {
  imageSize: 64,
  patchSize: 8,
  hiddenSize: 128,
  heads: 4,
  visionLayers: 3,
  textLayers: 3,
  vocabulary: 1500,
};
const methods: Record<string, (parameter: Parameter) => boolean> = {
  full: () => true,
  layernorm: ({ kind }) => kind === 'layernorm',
  'text layernorm': ({ kind, component }) => kind === 'layernorm' && component !== 'vision_encoder',
  'text attention': ({ kind, component }) => kind === 'attention' && component !== 'vision_encoder',
};
const rows = 16;
const rounds = 40;

async function measure(folder: string, method: string, threads: number): Promise<string> {
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads });
  const base = inspectCheckpoint(folder, 'blip_vqa')
    .parameters.filter(methods[method]!)
    .map((parameter) => ({ parameter, group: method }));
  const selection = { base, added: [], matches: [] };
  const model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed: 0 });
  const batch = randomBatch(size, rows, 12, 14, 4);
  const moments = new Map(model.trainables.map(({ name, value }) => [name, zeroMoments(value)]));
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  let gradientTime = 0;
  let optimiserTime = 0;
  for (let step = 1; step <= rounds; step++) {
    const start = performance.now();
    const { gradients } = await model.lossAndGradients(batch, { kind: 'miss', labelSmoothing: 0.1 }, rows);
    const between = performance.now();
    for (const { name, value } of model.trainables)
      adamwStep(value, gradients.get(name)!, moments.get(name)!, settings, { rate: 1e-4, decay: 0, scale: 1, step });
    // The first steps compile the programs.
    if (step > rounds / 2) {
      gradientTime += between - start;
      optimiserTime += performance.now() - between;
    }
  }
  const greedy = await generation(model, batch, 1);
  const beams = await generation(model, batch, 3);
  const perStep = (gradientTime + optimiserTime) / (rounds / 2);
  await model.dispose();
  return [
    method.padEnd(16),
    `${threads} threads`,
    `${perStep.toFixed(1)} ms a step (${(optimiserTime / (rounds / 2)).toFixed(1)} of it the optimiser)`,
    `${((1000 * rows) / perStep).toFixed(0)} items/s`,
    `greedy ${greedy.toFixed(0)} items/s`,
    `3 beams ${beams.toFixed(0)} items/s`,
  ].join('  ');
}

/** Items a second, ten tokens each: random weights rarely stop earlier. */
async function generation(model: Model, batch: Batch, numBeams: number): Promise<number> {
  const settings = { numBeams, maxNewTokens: 10, minNewTokens: 0, lengthPenalty: 1, questionMask: 'ones' as const };
  await model.generate(batch, settings);
  const start = performance.now();
  for (let i = 0; i < 5; i++) await model.generate(batch, settings);
  return (5000 * rows) / (performance.now() - start);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'medpeft-bench-'));
  try {
    writeRandomModel(folder, size);
    const counts = process.argv[2] ? [Number(process.argv[2])] : [1, 2];
    for (const threads of counts)
      for (const method of Object.keys(methods)) console.log(await measure(folder, method, threads));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
