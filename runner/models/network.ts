/**
 * Runs a network as a chain of block programs: forward, keeping what backward needs or computing it again; then backward, down to the lowest trainable tensor and no
 * further. Programs are compiled once for each block, method and set of wanted gradients, and serve every layer.
 */
import { createHash } from 'node:crypto';
import type { Backend, Executable, Tensor } from '../backends';
import { savedBytes, shapesOf } from '../programs/cost';
import type { Program } from '../programs/types';
import type { Adaptations } from './adaptations';
import { type Call, nameOf, Planner, type Step } from './chain';
import { dropoutMask, type Noise } from './dropout';
import { type Part, partsOf, Rows, viewsOf } from './parts';
import { Rubbish } from './rubbish';
import type { WeightStream } from './stream';

export type { Call } from './chain';

/** Feeds and results by name. */
export type Tensors = Map<string, Tensor>;
type Results = Record<string, Tensor>;

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
  private readonly compiled = new Map<Program, Promise<Executable>>();
  private readonly rubbish = new Rubbish();
  /** Of the training pass that is computed. */
  private noise: Noise | undefined;

  constructor(
    private readonly backend: Backend,
    /** Every parameter in memory, base and added, by its name in the network. Read at each run: the optimiser changes them in place. */
    private readonly parameters: ReadonlyMap<string, Tensor>,
    trainable: ReadonlySet<string>,
    adaptations: Adaptations,
    private readonly running: Running = {},
  ) {
    this.planner = new Planner(trainable, adaptations);
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

  /** Runs forward and adds the results to `tensors`; those that no later call reads are dropped unless `keep`, but for the last call's. */
  async infer(calls: readonly Call[], tensors: Tensors, keep = false): Promise<void> {
    const steps = this.planner.plan(calls);
    const uses = steps.map((step) => this.streamed(step.call, step.programs.parameters));
    for (const [i, { call, programs, lastReads }] of steps.entries()) {
      await this.turn(uses, i);
      await this.forward(call, programs.inference, tensors);
      if (!keep) for (const name of lastReads) this.drop(tensors, name);
    }
  }

  /**
   * Loss and gradients. The last call's only output is the loss.
   * @param noise which training pass it is; without it nothing is dropped
   * @returns gradients by name in the network, summed over all uses of a tensor; only those of trainable tensors.
   */
  async differentiate(
    calls: readonly Call[],
    tensors: Tensors,
    noise?: Noise,
  ): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
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
      const results = await this.forward(call, saves ? programs.pair.forward : programs.inference, tensors);
      if (saves) {
        saved.set(step, results);
        kept += bytes;
      }
      if (!trained) for (const name of lastReads) this.drop(tensors, name);
    }
    for (const step of back) uses.push(this.streamed(step.call, readBackward(step, saved.has(step))));
    await this.turn(uses, steps.length - 1);
    const gradients = new Map<string, Float32Array>();
    const flowing = new Map<string, Float32Array>();
    const results = await this.run(last.trained ? last.programs.joined : last.programs.inference, last.call, tensors);
    this.collect(last, results, gradients, flowing);
    for (const [i, step] of back.entries()) {
      await this.turn(uses, steps.length + i);
      await this.backward(step, saved.get(step), tensors, gradients, flowing);
      saved.delete(step);
    }
    const [output] = Object.keys(last.call.outputs);
    return { loss: Number(results[output!]!.data[0]), gradients };
  }

  async dispose(): Promise<void> {
    for (const executable of this.compiled.values()) await (await executable).release();
    this.compiled.clear();
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
  private async forward(call: Call, program: Program, tensors: Tensors): Promise<Results[]> {
    const parts = partsOf(call, tensors);
    if (!parts) {
      const results = await this.run(program, call, tensors);
      for (const [output, name] of Object.entries(call.outputs)) tensors.set(name, results[output]!);
      return [results];
    }
    const whole = new Map(Object.keys(call.outputs).map((output) => [output, new Rows(parts.images)]));
    const all: Results[] = [];
    for (const part of parts.ranges) {
      const results = await this.run(program, call, tensors, this.inputs(call, tensors, part), part);
      for (const [output, rows] of whole) {
        rows.put(part, results[output]!);
        delete results[output];
      }
      all.push(results);
    }
    for (const [output, name] of Object.entries(call.outputs)) tensors.set(name, whole.get(output)!.tensor);
    return all;
  }

  /** Takes a step's gradients from those of its outputs, which end here with what was saved. */
  private async backward(
    step: Step,
    saved: Results[] | undefined,
    tensors: Tensors,
    gradients: Map<string, Float32Array>,
    flowing: Map<string, Float32Array>,
  ): Promise<void> {
    const { call, programs, wanted } = step;
    const { pair } = programs;
    const given: Tensors = new Map();
    for (const [output, name] of Object.entries(call.outputs)) {
      const data = flowing.get(name);
      if (!data) throw new Error(`no gradient reached ${name}`);
      given.set(output, tensors.get(name)!);
      given.set(`grad.${output}`, { data, shape: tensors.get(name)!.shape });
      flowing.delete(name);
    }
    const parts = partsOf(call, tensors);
    const whole = new Map([...wanted.inputs].map((input) => [input, new Rows(parts?.images ?? 1)]));
    for (const [i, part] of (parts?.ranges ?? [undefined]).entries()) {
      const fed = part ? new Map([...this.inputs(call, tensors, part), ...viewsOf(call, given, part)]) : given;
      const results = saved?.[i] ?? (await this.run(pair.forward, call, tensors, fed, part));
      for (const name of pair.saved) if (results[name]) fed.set(name, results[name]);
      const made = await this.run(pair.backward, call, tensors, fed, part);
      this.collect({ call, wanted: { ...wanted, inputs: part ? new Set() : wanted.inputs } }, made, gradients, flowing);
      if (part) for (const [input, rows] of whole) rows.put(part, made[`grad.${input}`]!);
      for (const name of pair.saved) this.rubbish.add(results[name]);
      if (saved) saved[i] = {};
    }
    if (parts) for (const [input, rows] of whole) accumulate(flowing, call.inputs[input]!, rows.tensor);
    for (const [output, name] of Object.entries(call.outputs)) {
      this.rubbish.add(given.get(`grad.${output}`));
      this.drop(tensors, name);
    }
  }

  private async run(program: Program, call: Call, tensors: Tensors, own?: Tensors, part?: Part): Promise<Results> {
    const known = this.compiled.get(program) ?? this.backend.compile(program);
    this.compiled.set(program, known);
    const feeds = this.feeds(call, program, tensors, own);
    return (await known).run({ ...feeds, ...this.masks(call, program, feeds, part) });
  }

  /** Views on a part of a call's inputs, by the block's names. */
  private inputs(call: Call, tensors: Tensors, part: Part): Tensors {
    const named = Object.entries(call.inputs).flatMap(([input, name]) => {
      const tensor = tensors.get(name);
      return tensor ? [[input, tensor] as const] : [];
    });
    return viewsOf(call, new Map(named), part);
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
  private feeds(call: Call, program: Program, tensors: Tensors, own?: Tensors): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
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
  private collect(
    { call, wanted }: Pick<Step, 'call' | 'wanted'>,
    results: Results,
    gradients: Map<string, Float32Array>,
    flowing: Map<string, Float32Array>,
  ): void {
    for (const name of wanted.parameters) this.sum(gradients, nameOf(call, name), results[`grad.${name}`]!);
    for (const name of wanted.inputs) this.sum(flowing, call.inputs[name]!, results[`grad.${name}`]!);
  }

  private sum(sums: Map<string, Float32Array>, name: string, gradient: Tensor): void {
    if (sums.has(name)) this.rubbish.add(gradient);
    accumulate(sums, name, gradient);
  }

  private drop(tensors: Tensors, name: string): void {
    this.rubbish.add(tensors.get(name));
    tensors.delete(name);
  }
}

/** Paths of the parameters that a step's backward pass reads, with forward before it if nothing was saved. */
function readBackward({ programs: { parameters, pair } }: Step, saved: boolean): string[] {
  const read = new Set([...pair.backward.inputs, ...(saved ? [] : pair.forward.inputs)].map(({ name }) => name));
  return parameters.filter((path) => read.has(path));
}

function accumulate(sums: Map<string, Float32Array>, name: string, { data }: Tensor): void {
  const sum = sums.get(name);
  const added = data as Float32Array;
  if (!sum) sums.set(name, added);
  else for (let i = 0; i < sum.length; i++) sum[i]! += added[i]!;
}
