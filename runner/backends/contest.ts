/** Times devices against each other on a small layer, in turns, so that what else goes on hits all of them alike. */
import { MedpeftError } from '../errors';
import { gelu } from '../programs/ops/gelu';
import { layerNorm } from '../programs/ops/layernorm';
import { linear } from '../programs/ops/linear';
import { Tape } from '../programs/tape';
import { type BackendSettings, openBackend } from './index';
import { selfTest } from './self_test';
import { type Backend, type Executable, isOnDevice, type Placed } from './types';

/** Seconds of the quickest pass: others' load only ever adds to it. Or why the device cannot be relied on. */
export type Outcome = { seconds: number } | { refused: { message: string; hint?: string } };

/** What the contest is held with; tests put other things in their place. */
export interface Rules {
  open(settings: BackendSettings): Promise<Backend>;
  /** @throws MP3101 for a wrong answer */
  test(backend: Backend): Promise<unknown>;
  /** Seconds. */
  clock(): number;
}

const usual: Rules = { open: openBackend, test: selfTest, clock: () => performance.now() / 1000 };

/** For all of them together, after each has made ready what later passes find. */
const limitSeconds = 1;
const [rows, width, inner] = [128, 512, 2048];

/** The feed-forward half of a transformer's layer with a tuned LayerNorm: products are most of it, as in training. */
function layer() {
  const tape = new Tape('contest');
  const x = tape.input('x', [rows, width]);
  const hidden = gelu(tape, linear(tape, x, tape.parameter('w1', [inner, width]), tape.parameter('b1', [inner])));
  const out = linear(tape, hidden, tape.parameter('w2', [width, inner]), tape.parameter('b2', [width]));
  tape.output('y', layerNorm(tape, out, tape.parameter('gain', [width]), tape.parameter('bias', [width]), 1e-6));
  return tape.differentiate({ parameters: new Set(['gain', 'bias']), inputs: new Set(['x']) });
}

/** @returns a pass forward and backward, with weights where training has them */
async function passOn(backend: Backend): Promise<() => Promise<void>> {
  const { forward, backward, saved } = layer();
  const { memory } = backend;
  const compile = (program: typeof forward, toHost: string[]): Promise<Executable<Placed>> =>
    memory?.compile(program, new Set(toHost)) ?? (backend.compile(program) as Promise<Executable<Placed>>);
  const programs = {
    forward: await compile(forward, []),
    backward: await compile(backward, ['grad.gain', 'grad.bias']),
  };
  const feeds: Record<string, Placed> = {};
  for (const { name, shape } of [...forward.inputs, ...backward.inputs]) {
    if (saved.includes(name) || feeds[name]) continue;
    const data = new Float32Array(shape.reduce<number>((a, b) => a * Number(b), 1));
    const tensor = { data: data.map((_, i) => 0.05 * Math.sin(i)), shape: shape.map(Number) };
    feeds[name] = (await memory?.upload(tensor)) ?? tensor;
  }
  const fed = (program: typeof forward, from: Record<string, Placed>) =>
    Object.fromEntries(program.inputs.map(({ name }) => [name, from[name]!]));
  return async () => {
    const made = await programs.forward.run(fed(forward, feeds));
    const gradients = await programs.backward.run(fed(backward, { ...feeds, ...made }));
    for (const tensor of [...Object.values(made), ...Object.values(gradients)])
      if (isOnDevice(tensor)) tensor.dispose();
  };
}

/** @returns what became of each, in order; one that gives a wrong answer or cannot be opened is refused */
export async function contest(
  contestants: readonly BackendSettings[],
  { open, test, clock }: Rules = usual,
): Promise<Outcome[]> {
  const passes: (() => Promise<number>)[] = [];
  const outcomes: Outcome[] = [];
  for (const [i, settings] of contestants.entries())
    try {
      const backend = await open(settings);
      await test(backend);
      const pass = await passOn(backend);
      await pass();
      outcomes[i] = { seconds: Number.POSITIVE_INFINITY };
      passes[i] = async () => {
        const began = clock();
        await pass();
        return clock() - began;
      };
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      const { message, hint } = error;
      outcomes[i] = { refused: { message, ...(hint ? { hint } : {}) } };
    }
  for (let spent = 0, first = true; passes.length > 0 && (first || spent < limitSeconds); first = false)
    for (const [i, outcome] of outcomes.entries()) {
      if (!('seconds' in outcome)) continue;
      const seconds = await passes[i]!();
      outcome.seconds = Math.min(outcome.seconds, seconds);
      spent += seconds;
    }
  return outcomes;
}
