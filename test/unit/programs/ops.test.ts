/** Every operation: its gradients against float64 central differences, its float32 programs against the float64 ones. */
import { describe, expect, it } from 'vitest';
import { openBackend, type Tensor } from '../../../runner/backends';
import { headGroups, imageAttention } from '../../../runner/models/image_attention';
import type { Value } from '../../../runner/programs/graph';
import { attention } from '../../../runner/programs/ops/attention';
import { bicubicResize } from '../../../runner/programs/ops/bicubic_resize';
import { crossEntropy } from '../../../runner/programs/ops/cross_entropy';
import { embedding } from '../../../runner/programs/ops/embedding';
import { gatherRows } from '../../../runner/programs/ops/gather_rows';
import { gelu } from '../../../runner/programs/ops/gelu';
import { geluTanh } from '../../../runner/programs/ops/gelu_tanh';
import { mergeHeads, regroup, splitColumns, splitHeads } from '../../../runner/programs/ops/heads';
import { layerNorm } from '../../../runner/programs/ops/layernorm';
import { linear } from '../../../runner/programs/ops/linear';
import { lora } from '../../../runner/programs/ops/lora';
import { packRows, spreadRows } from '../../../runner/programs/ops/packing';
import { patchRows, tokensAndPositions } from '../../../runner/programs/ops/patch_embedding';
import { prepend } from '../../../runner/programs/ops/prepend';
import { swiglu } from '../../../runner/programs/ops/product';
import { relu } from '../../../runner/programs/ops/relu';
import { rescale, shift } from '../../../runner/programs/ops/rescale';
import { residual, scale } from '../../../runner/programs/ops/residual';
import { rmsNorm } from '../../../runner/programs/ops/rmsnorm';
import { rope, rotations } from '../../../runner/programs/ops/rope';
import { geluQuick, silu } from '../../../runner/programs/ops/swish';
import { tanh } from '../../../runner/programs/ops/tanh';
import { Tape } from '../../../runner/programs/tape';
import type { ElementType, Port, Program } from '../../../runner/programs/types';
import { hasTfjs } from '../../shared';
import { type Array64, interpret } from './interpreter';

/** Symbols of the cases and their sizes here. */
const sizes: Record<string, number> = { N: 3, U: 2, B: 3, S: 3, K: 4 };
type Build = (tape: Tape, input: (name: string, ...shape: (number | string)[]) => Value, fixed: Fixed) => Value;
/** An integer or constant input with its values: no gradient is asked for it. */
type Fixed = (name: string, shape: (number | string)[], type: ElementType, values: number[]) => Value;

/** One image of three tokens. */
const image = { tokens: 3, heads: 2, width: 2 };
/** Fused columns of queries, keys and values, each in groups. */
function thirds(tape: Tape, fused: Value, groups: number): Value[][] {
  const columns = splitColumns(tape, fused, 3 * groups);
  return [0, 1, 2].map((part) => columns.slice(part * groups, (part + 1) * groups));
}

const cases: Record<string, Build> = {
  linear: (t, x) => linear(t, x('x', 'N', 4), x('w', 2, 4), x('b', 2)),
  'linear without bias': (t, x) => linear(t, x('x', 'N', 4), x('w', 2, 4)),
  layernorm: (t, x) => layerNorm(t, x('x', 'N', 5), x('gain', 5), x('bias', 5), 1e-6),
  gelu: (t, x) => gelu(t, x('x', 'N', 5)),
  rmsnorm: (t, x) => rmsNorm(t, x('x', 'N', 5), x('gain', 5), 1e-6),
  'gelu, tanh': (t, x) => geluTanh(t, x('x', 'N', 5)),
  'gelu, quick': (t, x) => geluQuick(t, x('x', 'N', 5)),
  silu: (t, x) => silu(t, x('x', 'N', 5)),
  swiglu: (t, x) => swiglu(t, x('gate', 'N', 5), x('up', 'N', 5)),
  rope: (t, x, fixed) => {
    const { cos, sin } = rotations([0, 1, 2, 5, 6, 7], 4, 100);
    const angles = (name: string, values: Float32Array) => fixed(name, [2, 3, 1, 2], 'float32', [...values]);
    return rope(t, x('x', 2, 3, 2, 4), angles('cos', cos), angles('sin', sin));
  },
  'bicubic resize': (t, x) => bicubicResize(t, x('x', 6, 3), [2, 3], [5, 4]),
  tanh: (t, x) => tanh(t, x('x', 'N', 5)),
  'rows without padding, in a square and out of it': (t, x, fixed) => {
    const index = (name: string, values: number[]) => fixed(name, [values.length], 'int64', values);
    const rows = { packed: index('packed', [0, 2, 3]), spread: index('spread', [0, 0, 1, 2]) };
    const inSquare = tanh(t, spreadRows(t, x('x', 3, 5), rows));
    return packRows(t, inSquare, { ...rows, square: index('square', [4, 5]) });
  },
  'residual and scale': (t, x) => residual(t, x('a', 'N', 2), scale(t, x('b', 'N', 2), -1.5)),
  'one tensor used twice': (t, x) => {
    const w = x('w', 4, 4);
    return linear(t, gelu(t, linear(t, x('x', 'N', 4), w)), w);
  },
  attention: (t, x) => attention(t, x('q', 2, 3, 2, 4), x('k', 2, 4, 2, 4), x('v', 2, 4, 2, 4)),
  'attention, four heads of queries on two of keys, causal': (t, x, fixed) =>
    attention(
      t,
      x('q', 2, 3, 4, 4),
      x('k', 2, 3, 2, 4),
      x('v', 2, 3, 2, 4),
      fixed('mask', [1, 1, 3, 3], 'float32', [0, -1e4, -1e4, 0, 0, -1e4, 0, 0, 0]),
    ),
  'attention, masked': (t, x, fixed) =>
    attention(
      t,
      x('q', 2, 3, 2, 4),
      x('k', 2, 4, 2, 4),
      x('v', 2, 4, 2, 4),
      fixed('mask', [2, 1, 1, 4], 'float32', [0, 0, 0, -1e4, 0, -1e4, 0, -1e4]),
    ),
  'heads, fused columns': (t, x, fixed) => {
    const shape = fixed('shape', [4], 'int64', [3, 3, 2, 2]);
    const [q, k, v] = splitColumns(t, x('x', 9, 12), 3).map((part) => splitHeads(t, part, shape, ['B', 'S', 2, 2]));
    return mergeHeads(t, attention(t, q!, k!, v!), 'B·S', shape);
  },
  'attention of an image, a head at a time': (t, x) => imageAttention(t, thirds(t, x('x', 'N', 12), 2), image),
  'gather rows': (t, x, fixed) =>
    gatherRows(
      t,
      x('x', 'U', 2, 3),
      fixed('index', ['B'], 'int64', [1, 0, 1]),
      fixed('shape', [3], 'int64', [2, 2, 3]),
    ),
  'heads, divided otherwise': (t, x, fixed) =>
    regroup(
      t,
      x('x', 4, 3, 2, 2),
      fixed('together', [4], 'int64', [2, 6, 2, 2]),
      ['C', 'Q', 2, 2],
      fixed('apart', [4], 'int64', [4, 3, 2, 2]),
    ),
  embedding: (t, x, fixed) => embedding(t, x('w', 5, 3), fixed('ids', [6], 'int64', [4, 0, 4, 1, 2, 4])),
  'patch embedding': (t, x) => linear(t, patchRows(t, x('x', 'U', 3, 4, 4), 2), x('w', 5, 12), x('b', 5)),
  'class token and positions': (t, x) =>
    tokensAndPositions(t, x('x', 8, 3), x('cls', 1, 1, 3), x('position', 1, 5, 3), 'U'),
  'cross entropy': (t, x, fixed) =>
    crossEntropy(
      t,
      x('logits', 4, 5),
      fixed('labels', [4], 'int64', [2, -100, 0, 4]),
      fixed('normalizer', [], 'float32', [3]),
    ),
  'cross entropy, smoothed': (t, x, fixed) =>
    crossEntropy(
      t,
      x('logits', 4, 5),
      fixed('labels', [4], 'int64', [2, -100, 0, 4]),
      fixed('normalizer', [], 'float32', [2]),
      { labelSmoothing: 0.1 },
    ),
  relu: (t, x) => relu(t, x('x', 'N', 5)),
  rescale: (t, x) => rescale(t, x('x', 'N', 5), x('l', 5)),
  shift: (t, x) => shift(t, x('x', 'N', 5), x('b', 5)),
  'prepend to keys': (t, x) => prepend(t, x('first', 2, 2, 3), x('x', 'B', 'S', 2, 3)),
  'prepend to rows': (t, x) => prepend(t, x('first', 2, 4), x('x', 'B', 'S', 4)),
  lora: (t, x) => lora(t, x('base', 'N', 3), x('x', 'N', 4), x('a', 2, 4), x('b', 3, 2), 0.5),
};

/** Reproducible numbers in about -1.5 … 1.5. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return (state / 2 ** 32 - 0.5) * 3;
  };
}

function prepare(name: string) {
  const next = numbers(7);
  const feeds: Record<string, Array64> = {};
  const inputs: string[] = [];
  const concrete = (shape: readonly (number | string)[]) => shape.map((n) => (typeof n === 'number' ? n : sizes[n]!));
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const build = (): Tape => {
    const tape = new Tape('case');
    const input = (of: string, ...shape: (number | string)[]) => {
      if (!feeds[of]) {
        inputs.push(of);
        feeds[of] = { shape: concrete(shape), data: Array.from({ length: size(concrete(shape)) }, next) };
      }
      return tape.input(of, shape);
    };
    const fixed: Fixed = (of, shape, type, data) => {
      feeds[of] = { shape: concrete(shape), data };
      return tape.input(of, shape, type);
    };
    tape.output('y', cases[name]!(tape, input, fixed));
    return tape;
  };
  return { build, feeds, inputs };
}

const arrays = { float32: Float32Array, float16: Uint16Array, int32: Int32Array, bool: Uint8Array };
function tensor(port: Port, { shape, data }: Array64): Tensor {
  return { shape, data: port.type === 'int64' ? BigInt64Array.from(data, BigInt) : arrays[port.type].from(data) };
}

type Where = readonly [backend: string, device: string];
const everywhere: readonly Where[] = [
  ['onnxruntime', 'cpu'],
  ...(hasTfjs() ? ['cpu', 'wasm', 'js'] : []).map((device) => ['tfjs', device] as const),
];
if (!hasTfjs()) it.skip('operations on tfjs: it needs `npm run setup:tfjs`');

async function onBackend(
  [name, device]: Where,
  program: Program,
  feeds: Record<string, Array64>,
): Promise<Record<string, Array64>> {
  const backend = await openBackend({ backend: name, device, threads: 1 });
  const executable = await backend.compile(program);
  const fed = Object.fromEntries(program.inputs.map((port) => [port.name, tensor(port, feeds[port.name]!)]));
  const results = await executable.run(fed);
  await executable.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], data: Array.from(data, Number) },
    ]),
  );
}

function worst(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  const scale = Math.max(1e-3, ...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / scale;
}

describe.each(Object.keys(cases))('%s', (name) => {
  const { build, feeds, inputs } = prepare(name);
  build();
  const programs = build().differentiate({ parameters: new Set(), inputs: new Set(inputs) });
  const forward = interpret(programs.forward, feeds);
  const next = numbers(11);
  const dy = forward.y!.data.map(next);
  const seeded = { ...feeds, ...forward, 'grad.y': { shape: forward.y!.shape, data: dy } };
  const gradients = interpret(programs.backward, seeded);

  it('has the gradient of central differences (float64)', () => {
    const step = 1e-5;
    for (const input of inputs) {
      const { shape, data } = feeds[input]!;
      const along = (i: number, by: number) => {
        const moved = { shape, data: data.map((value, j) => (i === j ? value + by : value)) };
        const { y } = interpret(programs.inference, { ...feeds, [input]: moved });
        return y!.data.reduce((total, value, j) => total + value * dy[j]!, 0);
      };
      const expected = data.map((_, i) => (along(i, step) - along(i, -step)) / (2 * step));
      expect(gradients[`grad.${input}`]!.shape).toEqual(shape);
      expect(worst(gradients[`grad.${input}`]!.data, expected), `d ${input}`).toBeLessThan(1e-8);
    }
  });

  it.each(everywhere)('computes the same on %s, device %s, in float32', async (...where) => {
    const actual = await onBackend(where, programs.forward, feeds);
    for (const [output, value] of Object.entries(actual)) {
      expect(value.shape).toEqual(forward[output]!.shape);
      expect(worst(value.data, forward[output]!.data), output).toBeLessThan(2e-6);
    }
    const backward = await onBackend(where, programs.backward, seeded);
    for (const [output, value] of Object.entries(backward)) {
      expect(value.shape).toEqual(gradients[output]!.shape);
      expect(worst(value.data, gradients[output]!.data), output).toBeLessThan(5e-6);
    }
  });

  it('computes each gradient alone as together with the others', () => {
    for (const input of inputs) {
      const alone = build().differentiate({ parameters: new Set(), inputs: new Set([input]) });
      expect(alone.backward.outputs.map((port) => port.name)).toEqual([`grad.${input}`]);
      const saved = interpret(alone.forward, feeds);
      const result = interpret(alone.backward, { ...feeds, ...saved, 'grad.y': seeded['grad.y'] });
      expect(result[`grad.${input}`]).toEqual(gradients[`grad.${input}`]);
    }
  });
});

it('the padding row of an embedding gets no gradient', () => {
  const tape = new Tape('padded');
  const w = tape.parameter('w', [3, 2]);
  tape.output('y', embedding(tape, w, tape.input('ids', ['N'], 'int64'), 1));
  const { backward } = tape.differentiate({ parameters: new Set(['w']), inputs: new Set() });
  const ids = { shape: [3], data: [1, 2, 1] };
  const result = interpret(backward, { ids, 'grad.y': { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] } });
  expect(result['grad.w']!.data).toEqual([0, 0, 0, 0, 3, 4]);
});

describe('attention of an image', () => {
  it('is the same whether its heads are computed together or one by one', () => {
    const next = numbers(3);
    const feeds = { x: { shape: [3, 12], data: Array.from({ length: 36 }, next) } };
    const [together, apart] = [1, 2].map((groups) => {
      const tape = new Tape('image');
      tape.output('y', imageAttention(tape, thirds(tape, tape.input('x', ['N', 12]), groups), image));
      return interpret(tape.inference(), feeds).y!;
    });
    expect(worst(apart!.data, together!.data)).toBeLessThan(1e-15);
  });

  it.each([
    ["the demo's", 145, 4, 1],
    ['BLIP base at 384 pixels', 577, 12, 3],
    ['CLIP large at 336 pixels', 577, 16, 4],
    ['MISS at 480 pixels', 901, 12, 12],
  ])('%s: %i tokens, %i heads in %i groups', (_, tokens, heads, groups) => {
    expect(headGroups({ tokens, heads })).toBe(groups);
  });
});
