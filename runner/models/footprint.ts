/** What a training step holds and computes, from shapes alone: the way of network.ts without anything being run. */
import { bytesAt, type Known, peakBytes, programFlops, savedBytes, shapesOf } from '../programs/cost';
import type { Program } from '../programs/types';
import { widening } from '../programs/widening';
import { type Call, nameOf, type Step } from './chain';

/** A chain of programs and what it is fed. */
export interface RehearsedChain {
  steps: readonly Step[];
  /** Shapes, and the values of those feeds that hold shapes. */
  feeds: ReadonlyMap<string, Known>;
}

/** A training step of a model in shapes. */
export interface Rehearsal extends RehearsedChain {
  /** States of one image, which are kept while it may be asked about again. */
  imageBytes: number;
  /** Absent where that is not known before it is tried. */
  answering?(): RehearsedAnswering;
}

/** What scoring runs beside the chain to the loss. */
export interface RehearsedAnswering {
  /** One image encoded; absent where none is seen. */
  image?: RehearsedChain;
  /** The batch's questions read. */
  questions: RehearsedChain;
  /** One more token for so many answers to them. */
  token(answers: number): RehearsedChain;
}

export interface Footprint {
  /** The most bytes at once of feeds, results, saved tensors and gradients; parameters are not among them. */
  bytes: number;
  /** Of what forward saves for backward, if everything is saved. */
  savedBytes: number;
  /** Floating-point operations of matrix products. */
  flops: number;
  /** Every program that is run, and how often at these shapes. */
  runs: ProgramRun[];
}

/** A program at the shapes of its feeds; masks of dropout need not be among them. */
export interface ProgramRun {
  program: Program;
  feeds: Readonly<Record<string, Known>>;
  times: number;
}

export interface FootprintOptions {
  keptBytes?: number;
  halves?: ReadonlySet<string>;
}

/**
 * @param steps of a chain that ends in the loss
 * @param feeds of the chain: shapes, and the values of those that hold shapes
 * @param keptBytes as in network.ts
 * @param halves names in the network of the weights that are held as float16
 */
export function footprintOf(
  steps: readonly Step[],
  feeds: ReadonlyMap<string, Known>,
  { keptBytes = Number.POSITIVE_INFINITY, halves = new Set<string>() }: FootprintOptions = {},
): Footprint {
  const known = new Map(feeds);
  const live = new Map<string, number>();
  for (const [name, { shape }] of feeds) live.set(name, bytesAt('float32', shape));
  const gradients = new Map<string, number>();
  const kept = new Map<Step, number>();
  const total = (of: ReadonlyMap<unknown, number>) => [...of.values()].reduce((sum, bytes) => sum + bytes, 0);
  const result = { bytes: 0, savedBytes: 0, flops: 0 };
  const runs = new Map<Program, Map<string, ProgramRun>>();
  const run = (whole: Program, call: Call, own: ReadonlyMap<string, Known>) => {
    const isHalf = (name: string) => !own.has(name) && !call.inputs[name] && halves.has(nameOf(call, name));
    const program = widening(whole, halves.size > 0 ? whole.inputs.map(({ name }) => name).filter(isHalf) : []);
    const { fed, times } = feedsOf(program, call, known, own);
    const shapes = shapesOf(program, fed);
    result.flops += times * programFlops(program, fed);
    const alike = runs.get(program) ?? new Map<string, ProgramRun>();
    const key = JSON.stringify(Object.values(fed).map(({ shape }) => shape));
    runs.set(program, alike.set(key, { program, feeds: fed, times: times + (alike.get(key)?.times ?? 0) }));
    const now = total(live) + total(kept) + total(gradients) + peakBytes(program, shapes);
    result.bytes = Math.max(result.bytes, now);
    return { fed, times, shapes };
  };
  const none = new Map<string, Known>();
  for (const step of steps.slice(0, -1)) {
    const { call, programs, trained, lastReads } = step;
    const { fed, times, shapes } = run(trained ? programs.pair.forward : programs.inference, call, none);
    if (trained) {
      const bytes = times * savedBytes(programs.pair, fed);
      result.savedBytes += bytes;
      if (total(kept) + bytes <= keptBytes) kept.set(step, bytes);
    }
    for (const [output, name] of Object.entries(call.outputs)) {
      const [rows, ...rest] = shapes.get(output)!;
      known.set(name, { shape: [rows! * times, ...rest] });
      live.set(name, bytesAt('float32', known.get(name)!.shape));
    }
    if (!trained) for (const name of lastReads) live.delete(name);
  }
  const last = steps.at(-1)!;
  const collect = ({ call, wanted }: Step, shapes: ReadonlyMap<string, readonly number[]>, times: number) => {
    for (const name of wanted.parameters)
      gradients.set(nameOf(call, name), bytesAt('float32', shapes.get(`grad.${name}`)!));
    for (const name of wanted.inputs)
      live.set(`grad ${call.inputs[name]}`, times * bytesAt('float32', shapes.get(`grad.${name}`)!));
  };
  const { shapes } = run(last.trained ? last.programs.joined : last.programs.inference, last.call, none);
  collect(last, shapes, 1);
  for (const step of steps.slice(0, -1).reverse()) {
    if (!step.trained) continue;
    const { call, programs } = step;
    const own = new Map<string, Known>();
    for (const [output, name] of Object.entries(call.outputs)) {
      own.set(output, known.get(name)!);
      own.set(`grad.${output}`, known.get(name)!);
    }
    if (!kept.has(step)) run(programs.pair.forward, call, none);
    const forward = shapesOf(programs.pair.forward, feedsOf(programs.pair.forward, call, known, none).fed);
    for (const name of programs.pair.saved) if (!own.has(name)) own.set(name, { shape: forward.get(name)! });
    const made = run(programs.pair.backward, call, own);
    collect(step, made.shapes, made.times);
    kept.delete(step);
    for (const name of Object.values(call.outputs)) {
      live.delete(name);
      live.delete(`grad ${name}`);
    }
  }
  return { ...result, runs: [...runs.values()].flatMap((alike) => [...alike.values()]) };
}

/** What a program is fed, of one part if the call is run in parts, and how many parts there are. */
function feedsOf(
  program: Program,
  { inputs, split }: Call,
  known: ReadonlyMap<string, Known>,
  own: ReadonlyMap<string, Known>,
): { fed: Record<string, Known>; times: number } {
  let times = 1;
  const fed: Record<string, Known> = {};
  for (const { name, shape } of program.inputs) {
    const found = own.get(name) ?? known.get(inputs[name] ?? '');
    const rows = split?.rows[name.replace(/^grad\./, '')];
    if (found && rows !== undefined) {
      const images = found.shape[0]! / rows;
      const atOnce = Math.min(images, split!.atOnce);
      times = images / atOnce;
      fed[name] = { shape: [atOnce * rows, ...found.shape.slice(1)] };
    } else fed[name] = found ?? { shape: shape as readonly number[] };
  }
  return { fed, times };
}
