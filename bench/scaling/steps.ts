/** Steps against layers and width, epochs against images and questions, and gradient accumulation split over two processes. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBackend } from '../../runner/backends';
import type { Batch } from '../../runner/data/types';
import { inspectCheckpoint } from '../../runner/models';
import { loadModel } from '../../runner/models/load';
import type { Model, Parameter } from '../../runner/models/types';
import { processorClock } from '../clocks';
import { type ModelSize, randomBatch, writeRandomModel } from '../random_model';

const base: ModelSize = {
  imageSize: 64,
  patchSize: 8,
  hiddenSize: 128,
  heads: 4,
  visionLayers: 4,
  textLayers: 4,
  vocabulary: 1000,
};
export const hf = { kind: 'hf', labelSmoothing: 0 } as const;

export interface Growth {
  of: string;
  at: number;
  /** Processor seconds, over all threads. */
  seconds: number;
}

/** Processor seconds of some work. */
export async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = processorClock();
  await work();
  return processorClock() - before;
}

export async function withModel<T>(
  size: ModelSize,
  threads: number,
  tuned: (parameter: Parameter) => boolean,
  use: (model: Model) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'medpeft-scaling-'));
  try {
    writeRandomModel(folder, size);
    const selected = inspectCheckpoint(folder, 'blip_vqa').parameters.filter(tuned);
    const selection = {
      base: selected.map((parameter) => ({ parameter, group: 'tuned' })),
      added: [],
      matches: [],
    };
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads });
    const model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed: 0 });
    try {
      return await use(model);
    } finally {
      await model.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const norms = ({ kind }: Parameter) => kind === 'layernorm';
const textNorms = (parameter: Parameter) => norms(parameter) && parameter.component !== 'vision_encoder';
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

/** A step of LayerNorm tuning, batch 8 on 4 images: the median of three after a first one. */
async function stepSeconds(size: ModelSize): Promise<number> {
  return withModel(size, 1, norms, async (model) => {
    const batch = randomBatch(size, 8, 4, 12, 4);
    const step = () => model.lossAndGradients(batch, hf, 8);
    await step();
    const seconds: number[] = [];
    for (let i = 0; i < 3; i++) seconds.push(await processorSeconds(step));
    return median(seconds);
  });
}

export async function stepGrowth(): Promise<Growth[]> {
  const rows: Growth[] = [];
  for (const layers of [2, 4, 8, 16])
    rows.push({
      of: 'layers',
      at: layers,
      seconds: await stepSeconds({ ...base, visionLayers: layers, textLayers: layers }),
    });
  for (const width of [64, 128, 256, 512])
    rows.push({ of: 'width', at: width, seconds: await stepSeconds({ ...base, hiddenSize: width }) });
  return rows;
}

/** First epochs of LayerNorm tuning of the text, whose images are encoded once, in batches of one image's questions, at most 8. */
export async function epochGrowth(): Promise<Growth[]> {
  const rows: Growth[] = [];
  const epoch = async (of: string, at: number, images: number, questions: number) => {
    const seconds = await withModel(base, 1, textNorms, async (model) => {
      const batches = Array.from({ length: images }, (_, image): Batch[] =>
        Array.from({ length: Math.ceil(questions / 8) }, () => ({
          ...randomBatch(base, Math.min(questions, 8), 1, 12, 4),
          imageKeys: [String(image)],
        })),
      ).flat();
      await model.lossAndGradients({ ...batches[0]!, imageKeys: ['first'] }, hf, 8);
      return processorSeconds(async () => {
        for (const batch of batches) await model.lossAndGradients(batch, hf, 8);
      });
    });
    rows.push({ of, at, seconds });
  };
  for (const images of [8, 16, 32, 64]) await epoch('images, 4 questions each', images, images, 4);
  for (const questions of [1, 2, 4, 8, 16]) await epoch('questions to each of 16 images', questions, 16, questions);
  return rows;
}

export interface Split {
  /** Seconds of two micro-batches, the quickest of some rounds in turn. */
  one: number;
  two: number;
  /** Most resident bytes, of all processes together. */
  oneBytes: number;
  twoBytes: number;
}

/** What the split is measured on: wide enough that products are most of a step. */
export const parallelSize: ModelSize = {
  ...base,
  imageSize: 192,
  patchSize: 16,
  hiddenSize: 384,
  heads: 6,
  visionLayers: 6,
  textLayers: 6,
};
const rounds = 7;

export interface Told {
  bytes: number;
}

/** A process that computes micro-batches when it is told to. */
function side(threads: number) {
  const child: ChildProcess = fork(path.join(__dirname, 'side.js'), [String(threads)]);
  const answer = () => new Promise<Told>((resolve) => child.once('message', (told: Told) => resolve(told)));
  const ready = answer();
  return {
    ready,
    take(microBatches: number): Promise<Told> {
      const told = answer();
      child.send(microBatches);
      return told;
    },
    end: () => child.disconnect(),
  };
}

export async function splitAccumulation(): Promise<Split> {
  const [whole, ...halves] = [side(2), side(1), side(1)];
  for (const one of [whole, ...halves]) await one!.ready;
  const result: Split = { one: Infinity, two: Infinity, oneBytes: 0, twoBytes: 0 };
  const timed = async (work: () => Promise<Told[]>) => {
    const began = performance.now();
    const told = await work();
    return { seconds: (performance.now() - began) / 1000, bytes: told.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  for (let round = 0; round < rounds; round++) {
    const one = await timed(async () => [await whole!.take(2)]);
    const two = await timed(() => Promise.all(halves.map((half) => half.take(1))));
    result.one = Math.min(result.one, one.seconds);
    result.two = Math.min(result.two, two.seconds);
    result.oneBytes = one.bytes;
    result.twoBytes = two.bytes;
  }
  for (const one of [whole, ...halves]) one!.end();
  return result;
}
