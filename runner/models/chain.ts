/** A network as a chain of uses of blocks, and what training wants of each: known from names and shapes alone, before anything is loaded or compiled. */
import { type BlockPrograms, Tape, type Wanted } from '../programs/tape';
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
  /** If nothing of one image meets anything of another: the call may be run some images at a time. */
  split?: Split;
}

export interface Split {
  /** Of every input and output that is not a parameter: rows of its first axis that belong to one image. */
  rows: Readonly<Record<string, number>>;
  /** Images that are run at once at most. */
  atOnce: number;
}

/** A call and what is wanted of it. */
export interface Step {
  call: Call;
  wanted: Wanted;
  /** Whether anything is wanted of it. */
  trained: boolean;
  programs: StepPrograms;
  /** Results of earlier steps that no later step reads forward. */
  lastReads: string[];
}

/** The programs of one block and one set of wanted gradients: the same objects for every layer; each is built when it is first asked for. */
export interface StepPrograms {
  parameters: readonly string[];
  readonly inference: Program;
  /** Forward and backward. */
  readonly pair: BlockPrograms;
  /** Loss and gradients at once, of the last block of a chain. */
  readonly joined: Program;
}

/** Name in the network of a block's parameter. */
export function nameOf(call: Call, path: string): string {
  return call.shared?.[path] ?? call.prefix + path;
}

/** Plans chains: what of each call is trained, and no gradient below the lowest trained tensor. */
export class Planner {
  private readonly known = new Map<string, StepPrograms>();
  private readonly plans = { training: new Map<readonly Call[], Step[]>(), other: new Map<readonly Call[], Step[]>() };

  constructor(
    /** Names in the network. */
    private readonly trainable: ReadonlySet<string>,
    private readonly adaptations: Adaptations,
  ) {}

  /**
   * Decides once for a chain what is wanted of each call.
   * @param drops whether it is a training pass, with dropout where there is any
   */
  plan(calls: readonly Call[], drops = false): readonly Step[] {
    const plans = drops ? this.plans.training : this.plans.other;
    const known = plans.get(calls);
    if (known) return known;
    const differentiable = new Set<string>();
    const chain = adaptedChain(calls, this.adaptations);
    const steps = chain.map((call): Step => {
      const inputs = Object.keys(call.inputs).filter((name) => differentiable.has(call.inputs[name]!));
      const programs = this.programsOf(call, inputs, drops);
      const parameters = programs.parameters.filter((name) => this.trainable.has(nameOf(call, name)));
      const trained = inputs.length + parameters.length > 0;
      if (trained) for (const name of Object.values(call.outputs)) differentiable.add(name);
      const wanted = { parameters: new Set(parameters), inputs: new Set(inputs) };
      return { call, wanted, trained, programs, lastReads: [] };
    });
    const made = new Set(chain.flatMap(({ outputs }) => Object.values(outputs)));
    for (const step of [...steps].reverse())
      for (const name of Object.values(step.call.inputs)) if (made.delete(name)) step.lastReads.push(name);
    plans.set(calls, steps);
    return steps;
  }

  private programsOf(call: Call, inputs: string[], drops: boolean): StepPrograms {
    const { block, prefix } = call;
    const adaptations = within(this.adaptations.sites, prefix);
    const tape = () => {
      const fresh = new Tape(block.key.split(' ')[0]!);
      block.build(new Modules(fresh, adaptations, drops));
      return fresh;
    };
    const { parameters: declared, graph } = tape();
    const parameters = [...declared.keys()];
    const masks = [...graph.inputs.values()].flatMap(({ name, rate }) =>
      rate === undefined ? [] : [`${name} ${rate}`],
    );
    const wanted: Wanted = {
      parameters: new Set(parameters.filter((name) => this.trainable.has(nameOf(call, name)))),
      inputs: new Set(inputs),
    };
    const adapted = adaptations.map(({ path, key }) => `${path}:${key}`);
    const key = JSON.stringify([block.key, adapted, masks, [...wanted.parameters], inputs]);
    const known = this.known.get(key) ?? lazily(parameters, tape, wanted);
    this.known.set(key, known);
    return known;
  }
}

function lazily(parameters: readonly string[], tape: () => Tape, wanted: Wanted): StepPrograms {
  const made: { inference?: Program; pair?: BlockPrograms; joined?: Program } = {};
  return {
    parameters,
    get inference() {
      made.inference ??= tape().inference();
      return made.inference;
    },
    get pair() {
      made.pair ??= tape().differentiate(wanted);
      return made.pair;
    },
    get joined() {
      made.joined ??= tape().joined(wanted);
      return made.joined;
    },
  };
}
