/** What every backend is timed on: a layer of BLIP base's vision encoder, and its operations one by one. Programs, and what they are fed. */
import type { Placed, Tensor } from '../../runner/backends';
import { visionBlock } from '../../runner/models/blip/vision';
import { Modules } from '../../runner/models/modules';
import { Graph, type Value } from '../../runner/programs/graph';
import * as p from '../../runner/programs/primitives';
import { Tape } from '../../runner/programs/tape';
import type { Program } from '../../runner/programs/types';
import { blipBase } from '../rows';

const { hiddenSize: width, heads, imageSize, patchSize } = blipBase;
const inner = 4 * width;
/** Patches of one image, and the class token. */
const tokens = (imageSize / patchSize) ** 2 + 1;

const block = visionBlock({ ...blipBase, intermediateSize: inner, layers: blipBase.visionLayers, layerNormEps: 1e-5 });

function layer(): Tape {
  const tape = new Tape('layer');
  block.build(new Modules(tape));
  return tape;
}

/** Runs a program: its results, of which those named come to the host. */
export type Run = (
  program: Program,
  feeds: Record<string, Placed>,
  toHost?: readonly string[],
) => Promise<Record<string, Placed>>;

export interface Task {
  name: string;
  /** Inputs that stay where they are between runs, as weights do. */
  resident: Record<string, Tensor>;
  /** What is timed. @returns all that it made */
  once(run: Run, feeds: Record<string, Placed>): Promise<Placed[]>;
}

/** Reproducible numbers within ±scale. */
function values(shape: readonly number[], scale = 1): Tensor {
  const length = shape.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length }, (_, i) => scale * Math.sin(i * 0.37 + i / 997)), shape };
}

const sized = (program: Program) =>
  Object.fromEntries(
    program.inputs.map(({ name, shape }) => [
      name,
      values(
        shape.map((n) => (n === 'N' ? tokens : Number(n))),
        0.05,
      ),
    ]),
  );

function passes(): Task[] {
  const inference = layer().inference();
  const norms = [...layer().parameters.keys()].filter((name) => name.startsWith('layer_norm'));
  const { forward, backward, saved } = layer().differentiate({ parameters: new Set(norms), inputs: new Set(['x']) });
  const gradients = norms.map((name) => `grad.${name}`);
  return [
    {
      name: 'layer, forward',
      resident: sized(inference),
      once: async (run, feeds) => Object.values(await run(inference, feeds)),
    },
    {
      name: 'layer, forward and backward to its LayerNorms',
      resident: { ...sized(forward), 'grad.out': values([tokens, width], 0.01) },
      async once(run, feeds) {
        const made = await run(forward, feeds);
        const kept = Object.fromEntries(saved.map((name) => [name, made[name]!]));
        return [...Object.values(made), ...Object.values(await run(backward, { ...feeds, ...kept }, gradients))];
      },
    },
  ];
}

function operation(
  name: string,
  shapes: Record<string, readonly number[]>,
  build: (g: Graph, of: Record<string, Value>) => Value,
): Task {
  const g = new Graph();
  const inputs = Object.fromEntries(Object.entries(shapes).map(([input, shape]) => [input, g.input(input, shape)]));
  const { name: output, type, shape } = build(g, inputs);
  const program: Program = {
    name,
    inputs: [...g.inputs.values()],
    outputs: [{ name: output, type, shape }],
    constants: [...g.constants.values()],
    nodes: g.nodes,
    values: [...g.values.values()],
  };
  const resident = Object.fromEntries(Object.entries(shapes).map(([input, of]) => [input, values(of)]));
  return { name, resident, once: async (run, feeds) => Object.values(await run(program, feeds)) };
}

const rows = [tokens, width];
const scores = [1, heads, tokens, tokens];
const byHead = [1, tokens, heads, width / heads];

export const tasks: readonly Task[] = [
  ...passes(),
  operation('Gemm, weight transposed', { x: rows, w: [inner, width] }, (g, { x, w }) =>
    p.gemm(g, x!, w!, { transB: true }),
  ),
  operation('Gemm', { x: [tokens, inner], w: [inner, width] }, (g, { x, w }) => p.gemm(g, x!, w!)),
  operation('MatMul, by head', { a: scores, b: [1, heads, tokens, width / heads] }, (g, { a, b }) =>
    p.matmul(g, a!, b!),
  ),
  operation('Softmax', { x: scores }, (g, { x }) => p.softmax(g, x!)),
  operation(
    'LayerNormalization',
    { x: rows, gain: [width], bias: [width] },
    (g, { x, gain, bias }) => p.layerNormalization(g, x!, gain!, bias!, 1e-5)[0],
  ),
  operation('Gelu', { x: [tokens, inner] }, (g, { x }) => p.gelu(g, x!)),
  operation('Transpose, to heads', { x: byHead }, (g, { x }) => p.transpose(g, x!, [0, 2, 1, 3])),
  operation('Add', { a: rows, b: rows }, (g, { a, b }) => p.add(g, a!, b!)),
  operation('ReduceSum, over rows', { x: rows }, (g, { x }) => p.reduceSum(g, x!, [0])),
];
