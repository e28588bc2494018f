/** One row's steps on the large model, in a process of its own so that its peak memory is its own: prints one line of JSON. */
import { type Backend, openBackend } from '../../runner/backends';
import type { Batch } from '../../runner/data/types';
import { select } from '../../runner/methods/select';
import { inspectCheckpoint } from '../../runner/models';
import { loadModel } from '../../runner/models/load';
import { WeightStream } from '../../runner/models/stream';
import type { Model } from '../../runner/models/types';
import { memoryNeeds } from '../../runner/plan/memory';
import { budgetOf } from '../../runner/plan/memory_budget';
import { peakMemory } from '../../runner/plan/peak';
import { programFlops } from '../../runner/programs/cost';
import { ceiling } from '../ceiling';
import { processorClock } from '../clocks';
import { stepper } from '../stepper';
import { config } from './checkpoint';
import { type Measurement, methods, type Passed, rows } from './rows';

const lengths = { image: 576, question: 14, answer: 4 };
/** Of the text, for matrix products as long as the step's. */
const textRows = lengths.image + lengths.question + lengths.answer;
const wordId = 100;
/** As LLaVA's own code has it. */
const imageToken = -200;

/** One question on one image. */
function oneItem(): Batch {
  const prompt = [...Array<number>(lengths.image).fill(imageToken), ...Array<number>(lengths.question).fill(wordId)];
  const text = [...prompt, ...Array<number>(lengths.answer).fill(wordId)];
  return {
    ids: ['item'],
    imageKeys: ['image'],
    pixelValues: Float32Array.from({ length: 3 * 336 ** 2 }, (_, i) => Math.sin(i * 0.37 + i / 997)),
    imageSize: 336,
    imageOf: Int32Array.of(0),
    inputIds: Int32Array.from(prompt),
    attentionMask: new Int32Array(prompt.length).fill(1),
    questionLength: prompt.length,
    decoderInputIds: Int32Array.from(text),
    decoderAttentionMask: new Int32Array(text.length).fill(1),
    labels: Int32Array.from(text, (id, i) => (i < prompt.length ? -100 : id)),
    answerLength: text.length,
  };
}

/** What goes on, measured from outside: time in programs, time until weights are ready, bytes read, operations. */
const meter = { programs: 0, weights: 0, flops: 0, streams: new Set<WeightStream>() };
const bytesRead = () => [...meter.streams].reduce((sum, stream) => sum + stream.bytesRead, 0);

const since = (began: number) => (performance.now() - began) / 1000;

function metered(backend: Backend): Backend {
  return {
    ...backend,
    async compile(program) {
      const executable = await backend.compile(program);
      return {
        ...executable,
        async run(feeds) {
          const began = performance.now();
          const results = await executable.run(feeds);
          meter.programs += since(began);
          meter.flops += programFlops(program, feeds);
          return results;
        },
      };
    },
  };
}

function meterStreams(): void {
  const { ready } = WeightStream.prototype;
  WeightStream.prototype.ready = async function (...asked) {
    meter.streams.add(this);
    const began = performance.now();
    await ready.apply(this, asked);
    meter.weights += since(began);
  };
}

/** Of a product of the text with an FFN's matrix, by processor seconds. */
const ceilingOf = (backend: Backend) =>
  ceiling(backend, [textRows, config.hidden_size, config.intermediate_size], { rounds: 4, seconds: processorClock });

async function measured<T>(work: () => Promise<T>): Promise<{ result: T } & Passed> {
  const before = { ...meter, bytes: bytesRead(), processor: processorClock() };
  const began = performance.now();
  const result = await work();
  const seconds = since(began);
  const spent = processorClock() - before.processor;
  const [programs, weights] = [meter.programs - before.programs, meter.weights - before.weights];
  const [bytes, flops] = [bytesRead() - before.bytes, meter.flops - before.flops];
  return { result, seconds, processor: spent, programs, weights, bytes, flops };
}

async function main(folder: string, name: string, memory: number, steps: number, tokens: number): Promise<void> {
  meterStreams();
  const { method, precision } = rows[name]!;
  const plain = await openBackend({ backend: 'onnxruntime', device: 'cpu' });
  const checkpoint = inspectCheckpoint(folder, 'llava');
  const selection = select(checkpoint.parameters, methods[method]!);
  const sizes = { rows: 1, images: 1, questionTokens: lengths.question, answerTokens: lengths.answer };
  const needs = memoryNeeds(checkpoint, selection, sizes, { images: 1, accumulates: false, precision })!;
  const run = { memory: needs, runtime: { backend: 'onnxruntime', device: 'cpu', memory } };
  const ceilings = [await ceilingOf(plain)];
  const model: Model = await loadModel({
    folder,
    family: 'llava',
    selection,
    backend: metered(plain),
    seed: 0,
    ...budgetOf(run),
    precision,
  });
  const takeStep = stepper(model);
  const batch = oneItem();
  const taken: Measurement['steps'] = [];
  for (let step = 0; step < steps; step++) {
    const { result, ...passed } = await measured(() => takeStep(batch));
    process.stderr.write(`step ${step + 1}: ${JSON.stringify({ loss: result.loss, ...passed })}\n`);
    ceilings.push(await ceilingOf(plain));
    const gflops = Math.max(ceilings[step]!, ceilings[step + 1]!);
    taken.push({ ...passed, loss: result.loss, gflops });
  }
  const answer = await measured(() =>
    model.generate(batch, {
      numBeams: 1,
      maxNewTokens: tokens,
      minNewTokens: tokens,
      lengthPenalty: 1,
      questionMask: 'ones',
    }),
  );
  const { result: _, ...answering } = answer;
  const measurement: Measurement = {
    steps: taken,
    answer: { tokens, ...answering },
    trainable: model.trainables.reduce((sum, { value }) => sum + value.length, 0),
    peak: process.resourceUsage().maxRSS * 1024,
    planned: peakMemory(run)!,
    allowed: memory,
    threads: plain.threads,
  };
  await model.dispose();
  console.log(JSON.stringify(measurement));
}

const [folder, name, memory, steps, tokens] = process.argv.slice(2);
void main(folder!, name!, Number(memory), Number(steps), Number(tokens));
