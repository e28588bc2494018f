/**
 * Runs a network as a chain of block programs: forward, keeping what backward needs; then backward, down to the lowest trainable tensor and no further. Programs
 * are compiled once for each block, method and set of wanted gradients, and serve every layer.
 */
import type { Backend, Executable, Tensor } from '../backends';
import { Tape, type Wanted } from '../programs/tape';
import type { Program } from '../programs/types';
import { type Adaptations, adaptedChain, within } from './adaptations';
import { type Block, Modules } from './modules';

/** One use of a block: which tensors are its parameters, what it reads and what it makes. */
export interface Call {
  block: Block;
  /** Before a parameter's path in the block, this gives its name in the network. */
  prefix: string;
  /** Parameters that stand elsewhere: path in the block -> name in the network. */
  shared?: Readonly<Record<string, string>>;
  /** Input of the block -> name of a feed or of an earlier call's result. */
  inputs: Readonly<Record<string, string>>;
  /** Output of the block -> name of the result. */
  outputs: Readonly<Record<string, string>>;
}

/** Feeds and results by name. */
export type Tensors = Map<string, Tensor>;

interface Step {
  call: Call;
  wanted: Wanted;
  /** Whether anything is wanted of it. */
  trained: boolean;
  programs: Programs;
  /** Results of earlier steps that no later step reads forward. */
  lastReads: string[];
}

/** The programs of one block and one set of wanted gradients; each is compiled when it is first run. */
interface Programs {
  parameters: readonly string[];
  inference(): Promise<Compiled>;
  forward(): Promise<Compiled>;
  backward(): Promise<Compiled>;
  joined(): Promise<Compiled>;
}
interface Compiled {
  program: Program;
  executable: Executable;
}

export class Network {
  private readonly known = new Map<string, Programs>();
  private readonly plans = new Map<readonly Call[], Step[]>();
  private readonly compiled: Promise<Compiled>[] = [];

  constructor(
    private readonly backend: Backend,
    /** Every parameter, base and added, by its name in the network. Read at each run: the optimiser changes them in place. */
    private readonly parameters: ReadonlyMap<string, Tensor>,
    private readonly trainable: ReadonlySet<string>,
    private readonly adaptations: Adaptations,
  ) {}

  /** Whether any tensor of these calls is trained. */
  trains(calls: readonly Call[]): boolean {
    return this.plan(calls).some((step) => step.trained);
  }

  /** Runs forward and adds the results to `tensors`; those that no later call reads are dropped unless `keep`, but for the last call's. */
  async infer(calls: readonly Call[], tensors: Tensors, keep = false): Promise<void> {
    for (const { call, programs, lastReads } of this.plan(calls)) {
      const { program, executable } = await programs.inference();
      this.store(call, await executable.run(this.feeds(call, program, tensors)), tensors);
      if (!keep) for (const name of lastReads) tensors.delete(name);
    }
  }

  /**
   * Loss and gradients. The last call's only output is the loss.
   * @returns gradients by name in the network, summed over all uses of a tensor; only those of trainable tensors.
   */
  async differentiate(
    calls: readonly Call[],
    tensors: Tensors,
  ): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
    const steps = this.plan(calls);
    const last = steps.at(-1)!;
    const saved: Record<string, Tensor>[] = [];
    for (const { call, programs, trained, lastReads } of steps.slice(0, -1)) {
      const { program, executable } = await (trained ? programs.forward() : programs.inference());
      const results = await executable.run(this.feeds(call, program, tensors));
      this.store(call, results, tensors);
      saved.push(trained ? results : {});
      if (!trained) for (const name of lastReads) tensors.delete(name);
    }
    const gradients = new Map<string, Float32Array>();
    const flowing = new Map<string, Float32Array>();
    const { program, executable } = await (last.trained ? last.programs.joined() : last.programs.inference());
    const results = await executable.run(this.feeds(last.call, program, tensors));
    this.collect(last, results, gradients, flowing);
    for (let i = steps.length - 2; i >= 0; i--) {
      const step = steps[i]!;
      if (!step.trained) continue;
      const { program: backward, executable: run } = await step.programs.backward();
      const own: Tensors = new Map(Object.entries(saved[i]!));
      for (const [output, name] of Object.entries(step.call.outputs)) {
        const data = flowing.get(name);
        if (!data) throw new Error(`no gradient reached ${name}`);
        own.set(`grad.${output}`, { data, shape: saved[i]![output]!.shape });
        flowing.delete(name);
        tensors.delete(name);
      }
      this.collect(step, await run.run(this.feeds(step.call, backward, tensors, own)), gradients, flowing);
      saved[i] = {};
    }
    const [output] = Object.keys(last.call.outputs);
    return { loss: Number(results[output!]!.data[0]), gradients };
  }

  async dispose(): Promise<void> {
    for (const compiled of this.compiled.splice(0)) await (await compiled).executable.release();
    this.known.clear();
    this.plans.clear();
  }

  /** What a program is fed: tensors of its own, then parameters, then feeds and results of the network. */
  private feeds(call: Call, program: Program, tensors: Tensors, own?: Tensors): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
    for (const { name, shape } of program.inputs) {
      const parameter = own?.has(name) ? undefined : this.parameters.get(nameOf(call, name));
      // A convolution's weight is used as a matrix: the bytes count, the program says how they are seen.
      const value = parameter
        ? { data: parameter.data, shape: shape as readonly number[] }
        : (own?.get(name) ?? tensors.get(call.inputs[name] ?? ''));
      if (!value) throw new Error(`${program.name} needs ${name}, which is not there`);
      feeds[name] = value;
    }
    return feeds;
  }

  private store(call: Call, results: Record<string, Tensor>, tensors: Tensors): void {
    for (const [output, name] of Object.entries(call.outputs)) tensors.set(name, results[output]!);
  }

  /** Adds the gradients of a step to those of the same tensor and of the same result. */
  private collect(
    { call, wanted }: Step,
    results: Record<string, Tensor>,
    gradients: Map<string, Float32Array>,
    flowing: Map<string, Float32Array>,
  ): void {
    for (const name of wanted.parameters) accumulate(gradients, nameOf(call, name), results[`grad.${name}`]!);
    for (const name of wanted.inputs) accumulate(flowing, call.inputs[name]!, results[`grad.${name}`]!);
  }

  /** Decides once for a chain what is wanted of each call. */
  private plan(calls: readonly Call[]): Step[] {
    const known = this.plans.get(calls);
    if (known) return known;
    const differentiable = new Set<string>();
    const chain = adaptedChain(calls, this.adaptations);
    const steps = chain.map((call): Step => {
      const inputs = Object.keys(call.inputs).filter((name) => differentiable.has(call.inputs[name]!));
      const programs = this.programsOf(call, inputs);
      const parameters = programs.parameters.filter((name) => this.trainable.has(nameOf(call, name)));
      const trained = inputs.length + parameters.length > 0;
      if (trained) for (const name of Object.values(call.outputs)) differentiable.add(name);
      return {
        call,
        wanted: { parameters: new Set(parameters), inputs: new Set(inputs) },
        trained,
        programs,
        lastReads: [],
      };
    });
    const made = new Set(chain.flatMap(({ outputs }) => Object.values(outputs)));
    for (const step of [...steps].reverse())
      for (const name of Object.values(step.call.inputs)) if (made.delete(name)) step.lastReads.push(name);
    this.plans.set(calls, steps);
    return steps;
  }

  private programsOf(call: Call, inputs: string[]): Programs {
    const { block, prefix } = call;
    const adaptations = within(this.adaptations.sites, prefix);
    const tape = () => {
      const fresh = new Tape(block.key.split(' ')[0]!);
      block.build(new Modules(fresh, adaptations));
      return fresh;
    };
    const parameters = [...tape().parameters.keys()];
    const wanted: Wanted = {
      parameters: new Set(parameters.filter((name) => this.trainable.has(nameOf(call, name)))),
      inputs: new Set(inputs),
    };
    const adapted = adaptations.map(({ path, key }) => `${path}:${key}`);
    const key = JSON.stringify([block.key, adapted, [...wanted.parameters], inputs]);
    const known = this.known.get(key);
    if (known) return known;
    const lazily = (make: () => Program) => {
      let made: Promise<Compiled> | undefined;
      return () => {
        made ??= this.compile(make());
        return made;
      };
    };
    const pair = wanted.parameters.size + wanted.inputs.size > 0 ? tape().differentiate(wanted) : undefined;
    const programs: Programs = {
      parameters,
      inference: lazily(() => tape().inference()),
      forward: lazily(() => pair!.forward),
      backward: lazily(() => pair!.backward),
      joined: lazily(() => tape().joined(wanted)),
    };
    this.known.set(key, programs);
    return programs;
  }

  private compile(program: Program): Promise<Compiled> {
    const compiled = this.backend.compile(program).then((executable) => ({ program, executable }));
    this.compiled.push(compiled);
    return compiled;
  }
}

/** Name in the network of a block's parameter. */
function nameOf(call: Call, path: string): string {
  return call.shared?.[path] ?? call.prefix + path;
}

function accumulate(sums: Map<string, Float32Array>, name: string, { data }: Tensor): void {
  const sum = sums.get(name);
  const added = data as Float32Array;
  if (!sum) sums.set(name, added);
  else for (let i = 0; i < sum.length; i++) sum[i]! += added[i]!;
}
