/**
 * This engine's side of the benchmark: one process, one method. Reads a command a line from standard input and answers with a line; main.ts speaks with it as with
 * pytorch.py.
 */
import { readFileSync } from 'node:fs';
import readline from 'node:readline';
import { type Backend, openBackend } from '../runner/backends';
import type { Batch } from '../runner/data/types';
import { select } from '../runner/methods/select';
import { inspectCheckpoint } from '../runner/models';
import { footprintOf } from '../runner/models/footprint';
import { loadModel } from '../runner/models/load';
import { halvesOf } from '../runner/models/precision';
import type { Model } from '../runner/models/types';
import { shapedBatch, tunedParts } from '../runner/plan/memory';
import { programFlops } from '../runner/programs/cost';
import { forecaster } from '../runner/training/forecast';
import { ceiling } from './ceiling';
import { wallClock } from './clocks';
import type { Command, Open, Part } from './protocol';
import { type Item, methods } from './rows';
import { stepper } from './stepper';

/** A backend that counts the floating-point operations of its matrix products, and the time of each program. */
function counting(backend: Backend) {
  const counted = {
    ...backend,
    flops: 0,
    /** By name of the program. */
    parts: new Map<string, Part>(),
    async compile(program: Parameters<Backend['compile']>[0]) {
      const executable = await backend.compile(program);
      return {
        ...executable,
        async run(feeds: Parameters<typeof executable.run>[0]) {
          const flops = programFlops(program, feeds);
          const start = performance.now();
          const outputs = await executable.run(feeds);
          const before = counted.parts.get(program.name) ?? { calls: 0, seconds: 0, flops: 0 };
          counted.parts.set(program.name, {
            calls: before.calls + 1,
            seconds: before.seconds + (performance.now() - start) / 1000,
            flops: before.flops + flops,
          });
          counted.flops += flops;
          return outputs;
        },
      };
    },
  };
  return counted;
}

function collate(items: readonly Item[], pixels: Float32Array, imageSize: number): Batch {
  const each = 3 * imageSize ** 2;
  const images = [...new Set(items.map(({ image }) => image))];
  const pixelValues = new Float32Array(images.length * each);
  for (const [i, image] of images.entries())
    pixelValues.set(pixels.subarray(image * each, (image + 1) * each), i * each);
  const question = pad(items.map((item) => item.question));
  const answer = pad(items.map((item) => item.answer));
  return {
    ids: items.map((_, i) => String(i)),
    imageKeys: images.map(String),
    pixelValues,
    imageSize,
    imageOf: Int32Array.from(items, ({ image }) => images.indexOf(image)),
    inputIds: question.ids,
    attentionMask: question.mask,
    questionLength: question.length,
    decoderInputIds: answer.ids,
    decoderAttentionMask: answer.mask,
    labels: answer.ids.map((id, i) => (answer.mask[i] ? id : -100)),
    answerLength: answer.length,
  };
}

function pad(rows: readonly number[][]) {
  const length = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * length);
  const mask = new Int32Array(rows.length * length);
  for (const [i, row] of rows.entries()) {
    ids.set(row, i * length);
    mask.fill(1, i * length, i * length + row.length);
  }
  return { ids, mask, length };
}

/** Of a matrix product of the vision encoder's FFN for four images. */
const ceilingOf = (backend: Backend) => ceiling(backend, [2308, 768, 3072], { rounds: 8, seconds: wallClock });

async function open({ folder, pixels: file, imageSize, method, precision, threads }: Open) {
  const uncounted = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads });
  const backend = counting(uncounted);
  const checkpoint = inspectCheckpoint(folder, 'blip_vqa');
  const selection = select(checkpoint.parameters, methods[method]!);
  const model: Model = await loadModel({ folder, family: 'blip_vqa', selection, backend, seed: 0, precision });
  // from zeros as the other side's, or two random prefixes would give two losses
  if (method === 'prefix') for (const { value } of model.trainables) value.fill(0);
  const bytes = readFileSync(file);
  const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const takeStep = stepper(model);
  const forecast = forecaster(uncounted);
  return {
    trainable: model.trainables.reduce((sum, { value }) => sum + value.length, 0),
    async step(items: readonly Item[]) {
      const before = backend.flops;
      backend.parts.clear();
      const start = performance.now();
      const { loss } = await takeStep(collate(items, pixels, imageSize));
      return {
        loss,
        seconds: (performance.now() - start) / 1000,
        flops: backend.flops - before,
        parts: Object.fromEntries(backend.parts),
      };
    },
    /** Not asked for an epoch: its batches are unequal. */
    async plan(items: readonly Item[]) {
      const sizes = {
        rows: items.length,
        images: new Set(items.map(({ image }) => image)).size,
        questionTokens: items[0]!.question.length,
        answerTokens: items[0]!.answer.length,
      };
      const [trained, adaptations] = tunedParts(selection);
      const { steps, feeds } = checkpoint.family.rehearse!(checkpoint.config, shapedBatch(sizes), trained, adaptations);
      const step = {
        microBatch: footprintOf(steps, feeds, { halves: halvesOf(checkpoint, trained, precision) }).runs,
        trained: model.trainables.reduce((sum, { value }) => sum + value.length, 0),
        optimiserSteps: 1,
        microBatches: 1,
        beside: [],
      };
      return { seconds: (await forecast(step)).step };
    },
    ceiling: () => ceilingOf(uncounted),
  };
}

async function main(): Promise<void> {
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  const answer = (value: unknown) => console.log(JSON.stringify(value));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command;
    switch (command.do) {
      case 'open':
        opened = await open(command);
        answer({ trainable: opened.trainable });
        break;
      case 'step':
        answer(await opened!.step(command.items));
        break;
      case 'plan':
        answer(await opened!.plan(command.items));
        break;
      case 'ceiling':
        answer({ gflops: await opened!.ceiling() });
        break;
      case 'peak':
        answer({ bytes: process.resourceUsage().maxRSS * 1024 });
        break;
    }
  }
}

void main();
