/**
 * Runs a network as a chain of block programs: forward, keeping what backward needs or computing it again; then backward, down to the lowest trainable tensor and no
 * further. Programs are compiled once for each block, method and set of wanted gradients, and serve every layer.
 */
import { createHash } from 'node:crypto';
import type { Backend } from '../backends';
import { isOnDevice, type Placed, type Tensor } from '../backends/types';
import { savedBytes, shapesOf } from '../programs/cost';
import type { Program } from '../programs/types';
import { widening } from '../programs/widening';
import type { Adaptations } from './adaptations';
import { type Call, nameOf, Planner, type Step } from './chain';
import { dropoutMask, type Noise } from './dropout';
import { addTo, Engine } from './engine';
import { type Part, partsOf, Rows, rowsOf } from './parts';
import type { WeightStream } from './stream';

export type { Call } from './chain';

/** Feeds and results by name. */
export type Tensors = Map<string, Placed>;
type Results = Record<string, Placed>;

interface LossAndGradients {
  loss: number;
  gradients: Map<string, Float32Array>;
}

/** What a caller of the network reads: results by name, or every one of them. */
export type Wished = readonly string[] | 'all';

/** How a network is run; the results are the same to the bit. */
export interface Running {
  /** Bytes that forward may keep for backward; what does not fit is computed again. No limit if absent. */
  keptBytes?: number;
  /** Frozen parameters that are not in memory. */
  stream?: WeightStream;
  /** Called before each use of a block, of so many in this pass. What it throws ends the pass. */
  between?(block: number, of: number): void;
}

export class Network {
  private readonly planner: Planner;
  private readonly engine: Engine;
  /** Of the training pass that is computed. */
  private noise: Noise | undefined;

  constructor(
    private readonly backend: Backend,
    /** Every parameter in memory, base and added, by its name in the network. Read at each run: the optimiser changes them in place. */
    private readonly parameters: ReadonlyMap<string, Tensor>,
    private readonly trainable: ReadonlySet<string>,
    adaptations: Adaptations,
    private readonly running: Running = {},
  ) {
    this.planner = new Planner(trainable, adaptations);
    this.engine = new Engine(backend);
  }

  /** Whether any tensor of these calls is trained. */
  trains(calls: readonly Call[]): boolean {
    return this.planner.plan(calls).some((step) => step.trained);
  }

  /** Says all that makes these calls' results of their feeds: programs, parameters, engine. Equal texts, equal results. */
  async identityOf(calls: readonly Call[]): Promise<string> {
    const { name, device, version } = this.backend;
    const hash = createHash('sha256').update(JSON.stringify([name, device, version]));
    const steps = this.planner.plan(calls);
    const uses = steps.map((step) => this.streamed(step.call, step.programs.parameters));
    for (const [i, { call, programs }] of steps.entries()) {
      await this.turn(uses, i);
      hash.update(JSON.stringify([call.block.key, call.inputs, call.outputs, programs.inference]));
      for (const path of programs.parameters) {
        const { buffer, byteOffset, byteLength } = this.parameter(nameOf(call, path))!.data;
        hash.update(new Uint8Array(buffer, byteOffset, byteLength));
      }
    }
    return hash.digest('hex');
  }

  /**
   * Runs forward and adds the results to `tensors`; those that no later call reads are dropped, but for the last call's.
   * @param wished results that come to the host; others may stay on the device, until `drop` or the end of `within`
   */
  async infer(calls: readonly Call[], tensors: Tensors, wished: Wished): Promise<void> {
    const steps = this.planner.plan(calls);
    const uses = steps.map((step) => this.streamed(step.call, step.programs.parameters));
    for (const [i, { call, programs, lastReads }] of steps.entries()) {
      await this.turn(uses, i);
      const toHost = Object.keys(call.outputs).filter(
        (output) => wished === 'all' || wished.includes(call.outputs[output]!),
      );
      await this.forward(call, programs.inference, tensors, toHost);
      if (wished !== 'all') for (const name of lastReads) this.drop(tensors, name);
    }
  }

  /**
   * Loss and gradients. The last call's only output is the loss.
   * @param noise which training pass it is; without it nothing is dropped
   * @returns gradients by name in the network, summed over all uses of a tensor; only those of trainable tensors.
   */
  differentiate(calls: readonly Call[], tensors: Tensors, noise?: Noise): Promise<LossAndGradients> {
    return this.within(() => this.forwardAndBackward(calls, tensors, noise));
  }

  private async forwardAndBackward(calls: readonly Call[], tensors: Tensors, noise?: Noise): Promise<LossAndGradients> {
    const steps = this.planner.plan(calls, noise !== undefined);
    this.noise = noise;
    const last = steps.at(-1)!;
    const saved = new Map<Step, Results[]>();
    let kept = 0;
    const uses = steps.map((step) => this.streamed(step.call, step.programs.parameters));
    const back = steps
      .slice(0, -1)
      .reverse()
      .filter((step) => step.trained);
    const passes = steps.length + back.length;
    for (const [i, step] of steps.slice(0, -1).entries()) {
      const { call, programs, trained, lastReads } = step;
      await this.turn(uses, i, passes);
      const bytes = trained ? savedBytes(programs.pair, this.feeds(call, programs.pair.forward, tensors)) : 0;
      const saves = trained && kept + bytes <= (this.running.keptBytes ?? Number.POSITIVE_INFINITY);
      const results = await this.forward(call, saves ? programs.pair.forward : programs.inference, tensors, []);
      if (saves) {
        saved.set(step, results);
        kept += bytes;
      }
      if (!trained) for (const name of lastReads) this.drop(tensors, name);
    }
    for (const step of back) uses.push(this.streamed(step.call, readBackward(step, saved.has(step))));
    await this.turn(uses, steps.length - 1);
    const gradients = new Map<string, Float32Array>();
    const flowing: Tensors = new Map();
    const [output] = Object.keys(last.call.outputs);
    const results = await this.run(last.trained ? last.programs.joined : last.programs.inference, last, tensors, [
      output!,
    ]);
    await this.collect(last, results, gradients, flowing);
    for (const [i, step] of back.entries()) {
      await this.turn(uses, steps.length + i);
      await this.backward(step, saved.get(step), tensors, gradients, flowing);
      saved.delete(step);
    }
    return { loss: Number(onHost(results[output!]).data[0]), gradients };
  }

  /** Ends the use of a result or feed. */
  drop(tensors: Tensors, name: string): void {
    this.engine.drop(tensors.get(name));
    tensors.delete(name);
  }

  /** Computes something of which only what is on the host is used afterwards: results on the device end with it, also where it fails. */
  async within<T>(compute: () => Promise<T>): Promise<T> {
    try {
      return await compute();
    } finally {
      this.engine.dropAll();
    }
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
    this.running.stream?.dispose();
  }

  /** Those of a call's parameters that are read when they are used, by their names in the network. */
  private streamed(call: Call, paths: readonly string[]): string[] {
    const { stream } = this.running;
    return stream ? [...new Set(paths.map((path) => nameOf(call, path)).filter((name) => stream.has(name)))] : [];
  }

  /** Before a use of a block: its weights are made ready, and the next ones that have to be read are begun with. @param uses what is read for each */
  private async turn(uses: readonly (readonly string[])[], at: number, of = uses.length): Promise<void> {
    this.running.between?.(at, of);
    const own = uses[at]!;
    if (own.length > 0) await this.running.stream!.ready(own, uses.slice(at + 1).find((next) => next.length > 0) ?? []);
  }

  private parameter(name: string): Tensor | undefined {
    return this.parameters.get(name) ?? this.running.stream?.get(name);
  }

  /** Runs a call part by part and puts its outputs together. @returns all results, part by part */
  private async forward(call: Call, program: Program, tensors: Tensors, toHost: readonly string[]): Promise<Results[]> {
    const parts = partsOf(call, tensors);
    const plain = { call, wanted: nothing };
    if (!parts) {
      const results = await this.run(program, plain, tensors, toHost);
      for (const [output, name] of Object.entries(call.outputs)) tensors.set(name, results[output]!);
      return [results];
    }
    const whole = new Map(Object.keys(call.outputs).map((output) => [output, new Rows(parts.images)]));
    const all: Results[] = [];
    for (const part of parts.ranges) {
      const own = await this.inputs(call, tensors, part);
      const results = await this.run(program, plain, tensors, toHost, own, part);
      this.dropCopies(own);
      for (const [output, rows] of whole) {
        rows.put(part, results[output]!);
        delete results[output];
      }
      all.push(results);
    }
    for (const [output, name] of Object.entries(call.outputs))
      tensors.set(name, await whole.get(output)!.tensor(this.engine));
    return all;
  }

  /** Takes a step's gradients from those of its outputs, which end here with what was saved. */
  private async backward(
    step: Step,
    saved: Results[] | undefined,
    tensors: Tensors,
    gradients: Map<string, Float32Array>,
    flowing: Tensors,
  ): Promise<void> {
    const { call, programs, wanted } = step;
    const { pair } = programs;
    const given: Tensors = new Map();
    for (const [output, name] of Object.entries(call.outputs)) {
      const gradient = flowing.get(name);
      if (!gradient) throw new Error(`no gradient reached ${name}`);
      given.set(output, tensors.get(name)!);
      given.set(`grad.${output}`, gradient);
      flowing.delete(name);
    }
    const parts = partsOf(call, tensors);
    const whole = new Map([...wanted.inputs].map((input) => [input, new Rows(parts?.images ?? 1)]));
    for (const [i, part] of (parts?.ranges ?? [undefined]).entries()) {
      const own = part
        ? new Map([...(await this.inputs(call, tensors, part)), ...(await rowsOf(this.engine, call, given, part))])
        : given;
      const results = saved?.[i] ?? (await this.run(pair.forward, { call, wanted: nothing }, tensors, [], own, part));
      const fed = new Map(own);
      for (const name of pair.saved) if (results[name]) fed.set(name, results[name]);
      const made = await this.run(pair.backward, step, tensors, [], fed, part);
      await this.collect(
        { call, wanted: { ...wanted, inputs: part ? nothing.inputs : wanted.inputs } },
        made,
        gradients,
        flowing,
      );
      if (part) {
        this.dropCopies(own);
        for (const [input, rows] of whole) rows.put(part, made[`grad.${input}`]!);
      }
      for (const [name, tensor] of Object.entries(results))
        if (isOnDevice(tensor) || pair.saved.includes(name)) this.engine.drop(tensor);
      if (saved) saved[i] = {};
    }
    if (parts)
      for (const [input, rows] of whole) await this.flow(flowing, call.inputs[input]!, await rows.tensor(this.engine));
    for (const [output, name] of Object.entries(call.outputs)) {
      this.engine.drop(given.get(`grad.${output}`));
      this.drop(tensors, name);
    }
  }

  /** @param toHost outputs that come to the host beside the gradients of wanted parameters */
  private async run(
    program: Program,
    { call, wanted }: Pick<Step, 'call' | 'wanted'>,
    tensors: Tensors,
    toHost: readonly string[],
    own?: Tensors,
    part?: Part,
  ): Promise<Results> {
    const feeds = this.feeds(call, program, tensors, own);
    const masks = this.masks(call, program, feeds, part);
    const frozen = new Map<string, string>();
    for (const name of this.engine.placesFrozen ? Object.keys(feeds) : []) {
      const place = nameOf(call, name);
      if (feeds[name] !== own?.get(name) && this.parameters.has(place) && !this.trainable.has(place))
        frozen.set(name, place);
    }
    const results = [...toHost, ...[...wanted.parameters].map((name) => `grad.${name}`)];
    const halves = Object.keys(feeds).filter((name) => isHalf(feeds[name]!));
    return this.engine.run(widening(program, halves), { ...feeds, ...masks }, results, frozen);
  }

  /** A part of a call's inputs, by the block's names. */
  private inputs(call: Call, tensors: Tensors, part: Part): Promise<Tensors> {
    const named = Object.entries(call.inputs).flatMap(([input, name]) => {
      const tensor = tensors.get(name);
      return tensor ? [[input, tensor] as const] : [];
    });
    return rowsOf(this.engine, call, new Map(named), part);
  }

  /** Parts that are views take nothing of their own. */
  private dropCopies(parts: Tensors): void {
    for (const tensor of parts.values()) if (isOnDevice(tensor)) this.engine.drop(tensor);
  }

  /** The masks of dropout that a program needs, the same whenever they are drawn in this pass. */
  private masks(call: Call, program: Program, feeds: Results, part: Part | undefined): Results {
    const ports = program.inputs.filter(({ rate }) => rate !== undefined);
    if (ports.length === 0) return {};
    const shapes = shapesOf(program, feeds);
    return Object.fromEntries(
      ports.map(({ name, rate }) => {
        const shape = shapes.get(name)!;
        const count = shape.reduce((a, b) => a * b, 1);
        const site = `${call.prefix}${name} ${part?.begin ?? 0}`;
        return [name, { data: dropoutMask(this.noise!, site, rate!, count), shape }];
      }),
    );
  }

  /** What a program is fed but for masks: tensors of its own, then parameters, then feeds and results of the network. */
  private feeds(call: Call, program: Program, tensors: Tensors, own?: Tensors): Results {
    const feeds: Results = {};
    for (const { name, shape, rate } of program.inputs) {
      if (rate !== undefined) continue;
      const parameter = own?.has(name) ? undefined : this.parameter(nameOf(call, name));
      // A convolution's weight is used as a matrix: the bytes count, the program says how they are seen.
      const value = parameter
        ? { data: parameter.data, shape: shape as readonly number[] }
        : (own?.get(name) ?? tensors.get(call.inputs[name] ?? ''));
      if (!value) throw new Error(`${program.name} needs ${name}, which is not there`);
      feeds[name] = value;
    }
    return feeds;
  }

  /** Adds the gradients of a step to those of the same tensor and of the same result. */
  private async collect(
    { call, wanted }: Pick<Step, 'call' | 'wanted'>,
    results: Results,
    gradients: Map<string, Float32Array>,
    flowing: Tensors,
  ): Promise<void> {
    for (const path of wanted.parameters) {
      const name = nameOf(call, path);
      const gradient = onHost(results[`grad.${path}`]);
      const sum = gradients.get(name);
      if (!sum) gradients.set(name, gradient.data as Float32Array);
      else {
        addTo(sum, gradient.data as Float32Array);
        this.engine.drop(gradient);
      }
    }
    for (const name of wanted.inputs) await this.flow(flowing, call.inputs[name]!, results[`grad.${name}`]!);
  }

  /** Adds to the gradient of a result. */
  private async flow(flowing: Tensors, name: string, gradient: Placed): Promise<void> {
    const sum = flowing.get(name);
    flowing.set(name, sum ? await this.engine.sum(sum, gradient) : gradient);
  }
}

/** Paths of the parameters that a step's backward pass reads, with forward before it if nothing was saved. */
function readBackward({ programs: { parameters, pair } }: Step, saved: boolean): string[] {
  const read = new Set([...pair.backward.inputs, ...(saved ? [] : pair.forward.inputs)].map(({ name }) => name));
  return parameters.filter((path) => read.has(path));
}

const nothing: Step['wanted'] = { parameters: new Set(), inputs: new Set() };

/** Whether a feed is a weight that is held as float16. */
const isHalf = (tensor: Placed) => !isOnDevice(tensor) && tensor.data instanceof Uint16Array;

/** A result that was wished for, where it can be read. */
export function onHost(tensor: Placed | undefined): Tensor {
  if (!tensor || isOnDevice(tensor)) throw new Error('the tensor is not on the host');
  return tensor;
}
