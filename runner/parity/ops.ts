/** Operations by themselves: result and gradients for the stored inputs. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '../backends';
import { resizeGrid } from '../models/positions';
import { readHeader, readIntegers, readTensor, type SafetensorsHeader } from '../models/safetensors';
import type { Value } from '../programs/graph';
import { attention } from '../programs/ops/attention';
import { bicubicResize } from '../programs/ops/bicubic_resize';
import { crossEntropy } from '../programs/ops/cross_entropy';
import { embedding } from '../programs/ops/embedding';
import { gelu } from '../programs/ops/gelu';
import { geluTanh } from '../programs/ops/gelu_tanh';
import { layerNorm } from '../programs/ops/layernorm';
import { linear } from '../programs/ops/linear';
import { patchRows } from '../programs/ops/patch_embedding';
import { swiglu } from '../programs/ops/product';
import { rmsNorm } from '../programs/ops/rmsnorm';
import { rope, rotations } from '../programs/ops/rope';
import { geluQuick, silu } from '../programs/ops/swish';
import { tanh } from '../programs/ops/tanh';
import { reshape, transpose } from '../programs/primitives';
import { Tape } from '../programs/tape';
import { compare, type Golden, skipped, tolerances } from './compare';
import { readJson } from './folders';
import type { ParityCase, ParityContext } from './types';

type Constants = Record<string, number | string | number[]>;

/** What an operation is built from: the stored tensors as inputs of a tape, their values as feeds. */
class Inputs {
  readonly tape = new Tape('op');
  readonly feeds: Record<string, Tensor> = {};
  readonly wanted: string[] = [];

  constructor(private readonly header: SafetensorsHeader) {}

  /** An input whose gradient is compared, as stored or as another shape of as many values. */
  input(name: string, shape: readonly number[] = this.shape(name)): Value {
    this.wanted.push(name);
    this.feeds[name] = { data: readTensor(this.header, `in.${name}`), shape };
    return this.tape.input(name, shape);
  }

  /** Everything but the last dimension joined to rows. */
  rows(name: string): Value {
    const shape = this.shape(name);
    const width = shape.at(-1)!;
    return this.input(name, [shape.reduce((a, b) => a * b, 1) / width, width]);
  }

  shape(name: string): number[] {
    return [...this.header.tensors.get(`in.${name}`)!.shape];
  }

  integers(name: string): Value {
    const values = readIntegers(this.header, `const.${name}`);
    this.feeds[name] = { data: BigInt64Array.from(values, BigInt), shape: [values.length] };
    return this.tape.input(name, [values.length], 'int64');
  }

  /** A tensor without a gradient. */
  fixed(name: string, data: Float32Array, shape: readonly number[]): Value {
    this.feeds[name] = { data, shape };
    return this.tape.input(name, shape);
  }

  /** Stored: 1 where a query may look, 0 where not. */
  mask(name: string): Value {
    const kept = readTensor(this.header, `const.${name}`);
    const { shape } = this.header.tensors.get(`const.${name}`)!;
    return this.fixed(
      name,
      kept.map((one) => (one ? 0 : -10000)),
      shape,
    );
  }

  /** Stored: 1 = token, 0 = padding. A query sees the tokens up to itself; one that would see none sees itself. */
  causalMask(name: string): Value {
    const tokens = readIntegers(this.header, `const.${name}`);
    const [rows, length] = this.header.tensors.get(`const.${name}`)!.shape as [number, number];
    const data = new Float32Array(rows * length * length).fill(-10000);
    for (let row = 0, at = 0; row < rows; row++)
      for (let query = 0; query < length; query++, at += length) {
        for (let key = 0; key <= query; key++) if (tokens[row * length + key]) data[at + key] = 0;
        if (data.subarray(at, at + length).every((value) => value !== 0)) data[at + query] = 0;
      }
    return this.fixed(name, data, [rows, 1, length, length]);
  }

  /** Cosine and sine of stored positions, for heads as wide as x. */
  rotations(name: string, theta: number): [Value, Value] {
    const [rows, length] = this.header.tensors.get(`const.${name}`)!.shape as [number, number];
    const width = this.shape('x').at(-1)!;
    const { cos, sin } = rotations(readIntegers(this.header, `const.${name}`), width, theta);
    const shape = [rows, length, 1, width / 2];
    return [this.fixed('cos', cos, shape), this.fixed('sin', sin, shape)];
  }

  targets(name: string, ignored: number): number {
    return readIntegers(this.header, `const.${name}`).filter((id) => id !== ignored).length;
  }
}

/** [a, b, c, d] -> [a, c, b, d], which undoes itself. */
function swapped(tape: Tape, x: Value): Value {
  const turn = (value: Value) => transpose(tape.graph, value, [0, 2, 1, 3]);
  return tape.record([x], turn(x), (dy) => [turn(dy)]);
}

/** [a, b] -> [b, a]. */
function turned(tape: Tape, x: Value): Value {
  const turn = (value: Value) => transpose(tape.graph, value, [1, 0]);
  return tape.record([x], turn(x), (dy) => [turn(dy)]);
}

const layernorm = (on: Inputs, { eps }: Constants) =>
  layerNorm(on.tape, on.rows('x'), on.input('gain'), on.input('bias'), Number(eps));
const lookUp = (on: Inputs, { padding_idx: padding }: Constants) =>
  embedding(on.tape, on.input('weight'), on.integers('ids'), padding === undefined ? undefined : Number(padding));
const tokenLoss = (on: Inputs, { ignore_index, label_smoothing: labelSmoothing, reduction }: Constants) => {
  const ignoreIndex = Number(ignore_index);
  const count = reduction === 'mean' ? on.targets('target', ignoreIndex) : 1;
  const normalizer = on.fixed('normalizer', Float32Array.of(count), []);
  const settings = { labelSmoothing: Number(labelSmoothing), ignoreIndex };
  return crossEntropy(on.tape, on.input('logits'), on.integers('target'), normalizer, settings);
};

/** Name of the case -> the operation on its inputs; the result has the stored values in the stored order. */
const operations: Readonly<Record<string, (on: Inputs, constants: Constants) => Value>> = {
  linear: (on) => linear(on.tape, on.rows('x'), on.input('weight'), on.input('bias')),
  layernorm,
  'layernorm-eps1e-12-small-variance': layernorm,
  'attention-mask': (on) => {
    const [q, k, v] = ['q', 'k', 'v'].map((name) => swapped(on.tape, on.input(name)));
    return swapped(on.tape, attention(on.tape, q!, k!, v!, on.mask('mask')));
  },
  'gelu-erf': (on) => gelu(on.tape, on.input('x')),
  'attention-causal-gqa-padded': (on) => {
    const [q, k, v] = ['q', 'k', 'v'].map((name) => swapped(on.tape, on.input(name)));
    return swapped(on.tape, attention(on.tape, q!, k!, v!, on.causalMask('pad')));
  },
  rmsnorm: (on, { eps }) => rmsNorm(on.tape, on.rows('x'), on.input('gain'), Number(eps)),
  'gelu-tanh': (on) => geluTanh(on.tape, on.input('x')),
  'gelu-quick': (on) => geluQuick(on.tape, on.input('x')),
  silu: (on) => silu(on.tape, on.input('x')),
  swiglu: (on) => {
    const x = on.rows('x');
    const project = (name: string) => linear(on.tape, x, on.input(name));
    return linear(on.tape, swiglu(on.tape, project('gate'), project('up')), on.input('down'));
  },
  rope: (on, { theta }) => {
    const [cos, sin] = on.rotations('positions', Number(theta));
    return swapped(on.tape, rope(on.tape, swapped(on.tape, on.input('x')), cos, sin));
  },
  'bicubic-position-resize': (on, { size }) => {
    const [, width, rows, columns] = on.shape('x') as [number, number, number, number];
    const grid = turned(on.tape, on.input('x', [width, rows * columns]));
    return turned(on.tape, bicubicResize(on.tape, grid, [rows, columns], size as unknown as [number, number]));
  },
  tanh: (on) => tanh(on.tape, on.input('x')),
  'embedding-repeated': lookUp,
  'embedding-padding-idx': lookUp,
  'conv2d-patch': (on, { stride }) => {
    const patch = Number(stride);
    const [images, , height, width] = on.shape('x') as [number, number, number, number];
    const [filters, ...kernel] = on.shape('weight') as [number, number, number, number];
    const weight = on.input('weight', [filters, kernel.reduce((a, b) => a * b, 1)]);
    const rows = linear(on.tape, patchRows(on.tape, on.input('x'), patch), weight, on.input('bias'));
    // Rows [images · patches, filters] to the stored order [images, filters, patches].
    const g = on.tape.graph;
    const patches = (height / patch) * (width / patch);
    const split = reshape(g, rows, [images, patches, filters], [images, patches, filters]);
    return on.tape.record([rows], transpose(g, split, [0, 2, 1]), (dy) => [
      reshape(g, transpose(g, dy, [0, 2, 1]), [-1, filters], rows.shape),
    ]);
  },
  'cross-entropy-mean': tokenLoss,
  'cross-entropy-mean-smoothing': tokenLoss,
  'cross-entropy-sum-smoothing': tokenLoss,
};

export async function* ops({ root, backend }: ParityContext): AsyncIterable<ParityCase> {
  const index = path.join(root, 'ops', 'index.json');
  if (!existsSync(index)) return;
  for (const [name, { constants }] of Object.entries(readJson<Record<string, { constants: Constants }>>(index))) {
    const operation = operations[name];
    if (name === 'bicubic-position-resize') yield resized(root, name, constants);
    if (!operation) {
      yield skipped(`ops/${name}`, 'no supported model needs it');
      continue;
    }
    const header = readHeader(path.join(root, 'ops', `${name}.safetensors`));
    const on = new Inputs(header);
    const result = operation(on, constants);
    on.tape.output('out', result);
    const programs = on.tape.differentiate({ parameters: new Set(), inputs: new Set(on.wanted) });
    const forward = await backend.compile(programs.forward);
    const backward = await backend.compile(programs.backward);
    const results = await forward.run(on.feeds);
    const seed = { data: readTensor(header, 'grad_out'), shape: results.out!.shape };
    const gradients = await backward.run({ ...on.feeds, ...results, 'grad.out': seed });
    await forward.release();
    await backward.release();
    const golden = (of: string, actual: Tensor): Golden => ({
      name: of,
      actual: actual.data as Float32Array,
      expected: readTensor(header, of),
    });
    yield compare(`ops/${name}/forward`, [golden('out', results.out!)], tolerances.hiddenStates);
    const all = on.wanted.map((input) => golden(`grad.${input}`, gradients[`grad.${input}`]!));
    yield compare(`ops/${name}/gradients`, all, tolerances.gradients);
  }
}

/** The same as it is done when a checkpoint is loaded: stored as [1, width, rows, columns]. */
function resized(root: string, name: string, constants: Constants): ParityCase {
  const header = readHeader(path.join(root, 'ops', `${name}.safetensors`));
  const [, width, rows, columns] = header.tensors.get('in.x')!.shape as [number, number, number, number];
  const [toRows, toColumns] = constants.size as unknown as [number, number];
  const stored = readTensor(header, 'in.x');
  const last = Array.from(stored, (_, i) => stored[(i % width) * rows * columns + Math.floor(i / width)]!);
  const grid = resizeGrid(last, [rows, columns], [toRows, toColumns]);
  const area = toRows * toColumns;
  const actual = Array.from(grid, (_, i) => grid[(i % area) * width + Math.floor(i / area)]!);
  const golden = { name: 'out', actual, expected: readTensor(header, 'out') };
  return compare(`ops/${name}/of-a-checkpoint`, [golden], tolerances.hiddenStates);
}
