/**
 * The primitive operations: each appends one node of ONNX's default domain (opset 20) and infers the result's shape.
 * Every one of them also exists in TensorFlow.js, alone or as a few operations. Their meaning: https://onnx.ai/onnx/operators/.
 */
import type { Graph, Value } from './graph';
import type { ComputedType, Dimension } from './types';

type Shape = readonly Dimension[];

function one(
  g: Graph,
  op: string,
  inputs: Value[],
  shape: Shape,
  attributes?: Record<string, number | number[]>,
): Value {
  return g.emit(op, inputs, [{ type: inputs[0]!.type, shape }], attributes)[0]!;
}

/** Right-aligned broadcasting; sizes that differ and are not 1 are a mistake of whoever builds the program. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`shapes [${a}] and [${b}] do not broadcast`);
  });
}

const elementwise = (op: string) => (g: Graph, a: Value, b: Value) => one(g, op, [a, b], broadcast(a.shape, b.shape));
export const add = elementwise('Add');
export const sub = elementwise('Sub');
export const mul = elementwise('Mul');
export const div = elementwise('Div');

const unary = (op: string) => (g: Graph, x: Value) => one(g, op, [x], x.shape);
export const erf = unary('Erf');
export const exp = unary('Exp');
export const log = unary('Log');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
export const sqrt = unary('Sqrt');
export const neg = unary('Neg');
export const not = unary('Not');
export const identity = unary('Identity');
/** x · (1 + erf(x / sqrt 2)) / 2 */
export const gelu = unary('Gelu');

/** A number as a scalar constant. */
export const scalar = (g: Graph, value: number, type: ComputedType = 'float32') => g.constant([value], [], type);
const list = (g: Graph, values: readonly number[]) => g.constant(values, [values.length], 'int64');

/** a [m, k] · b [k, n] + c, either transposed first. */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  options: { transA?: boolean; transB?: boolean; bias?: Value } = {},
): Value {
  const [m, k] = options.transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [k2, n] = options.transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== k2) throw new Error(`gemm joins ${k} and ${k2}`);
  return one(g, 'Gemm', options.bias ? [a, b, options.bias] : [a, b], [m, n], {
    transA: options.transA ? 1 : 0,
    transB: options.transB ? 1 : 0,
  });
}

/** a […, m, k] · b […, k, n]; equal leading dimensions. */
export function matmul(g: Graph, a: Value, b: Value): Value {
  if (a.shape.at(-1) !== b.shape.at(-2)) throw new Error(`matmul joins ${a.shape.at(-1)} and ${b.shape.at(-2)}`);
  return one(g, 'MatMul', [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!]);
}

export function transpose(g: Graph, x: Value, perm: number[]): Value {
  return one(
    g,
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]!),
    { perm },
  );
}

/** To a shape of which one size may be -1 and any may be 0, which keeps the size that stands there; `result` names the sizes for what follows. */
export function reshape(g: Graph, x: Value, to: readonly number[] | Value, result: Shape): Value {
  return one(g, 'Reshape', [x, 'name' in to ? to : list(g, to)], result);
}

function reduced(shape: Shape, axes: number[], keep: boolean): Shape {
  const gone = axes.map((axis) => (axis + shape.length) % shape.length);
  return keep ? shape.map((n, i) => (gone.includes(i) ? 1 : n)) : shape.filter((_, i) => !gone.includes(i));
}

export function reduceSum(g: Graph, x: Value, axes: number[], keep = false): Value {
  return one(g, 'ReduceSum', [x, list(g, axes)], reduced(x.shape, axes, keep), { keepdims: keep ? 1 : 0 });
}
export function reduceMean(g: Graph, x: Value, axes: number[], keep = false): Value {
  return one(g, 'ReduceMean', [x, list(g, axes)], reduced(x.shape, axes, keep), { keepdims: keep ? 1 : 0 });
}
export function reduceMax(g: Graph, x: Value, axes: number[], keep = false): Value {
  return one(g, 'ReduceMax', [x, list(g, axes)], reduced(x.shape, axes, keep), { keepdims: keep ? 1 : 0 });
}

/** Over the last axis. */
export const softmax = (g: Graph, x: Value) => one(g, 'Softmax', [x], x.shape, { axis: -1 });

/** Over the last axis; gives also mean and 1 / deviation, which have size 1 there. */
export function layerNormalization(
  g: Graph,
  x: Value,
  gain: Value,
  bias: Value,
  epsilon: number,
): [Value, Value, Value] {
  const { type, shape } = x;
  const narrow = { type, shape: [...shape.slice(0, -1), 1] };
  return g.emit('LayerNormalization', [x, gain, bias], [{ type, shape }, narrow, narrow], { axis: -1, epsilon }) as [
    Value,
    Value,
    Value,
  ];
}

/** Rows x[index[i]] of the first axis; index is int64 [n]. */
export function gather(g: Graph, x: Value, index: Value): Value {
  return one(g, 'Gather', [x, index], [...index.shape, ...x.shape.slice(1)], { axis: 0 });
}

/** Adds each row of `updates` [n, …] to the row of `onto` that `index` int64 [n] names. */
export function scatterAdd(g: Graph, onto: Value, index: Value, updates: Value): Value {
  const column = reshape(g, index, [-1, 1], [index.shape[0]!, 1]);
  return g.emit('ScatterND', [onto, column, updates], [{ type: onto.type, shape: onto.shape }], {
    reduction: 'add',
  })[0]!;
}

/** Zeros of a shape, fixed or given as an int64 vector. */
export function zeros(g: Graph, of: readonly number[] | Value, shape: Shape): Value {
  return g.emit('ConstantOfShape', ['name' in of ? of : list(g, of)], [{ type: 'float32', shape }])[0]!;
}

/** Equal parts of the last axis. */
export function split(g: Graph, x: Value, parts: number): Value[] {
  const size = (x.shape.at(-1) as number) / parts;
  const output = { type: x.type, shape: [...x.shape.slice(0, -1), size] };
  return g.emit('Split', [x], Array(parts).fill(output), { axis: -1, num_outputs: parts });
}

/** Along one axis, the last unless told otherwise; where its sizes are not fixed, `size` names the sum. */
export function concat(g: Graph, parts: Value[], axis = parts[0]!.shape.length - 1, size?: Dimension): Value {
  const sum = () => parts.reduce((total, part) => total + (part.shape[axis] as number), 0);
  const shape = parts[0]!.shape.map((n, i) => (i === axis ? (size ?? sum()) : n));
  return one(g, 'Concat', parts, shape, { axis });
}

/** The sizes of axes `start` up to `end`, int64. */
export function shapeOf(g: Graph, x: Value, start: number, end: number): Value {
  return g.emit('Shape', [x], [{ type: 'int64', shape: [end - start] }], { start, end })[0]!;
}

/** Fixed sizes as an int64 vector. */
export const integers = list;

/** Repeats along axes of size 1, to a shape given as an int64 vector; `result` names its sizes. */
export function expand(g: Graph, x: Value, to: Value, result: Shape): Value {
  return one(g, 'Expand', [x, to], result);
}

/** From `start` up to `end` of one axis, or to its end; `size` names what is left. */
export function sliceTo(
  g: Graph,
  x: Value,
  axis: number,
  start: number,
  end: number | undefined,
  size: Dimension,
): Value {
  const shape = x.shape.map((n, i) => (i === axis ? size : n));
  const stop = end ?? Number.MAX_SAFE_INTEGER;
  return one(g, 'Slice', [x, list(g, [start]), list(g, [stop]), list(g, [axis])], shape);
}

/** From `start` up to `end` of one axis. */
export function slice(g: Graph, x: Value, axis: number, start: number, end: number): Value {
  return sliceTo(g, x, axis, start, end, end - start);
}

/** Zeros before and after along one axis of fixed size. */
export function pad(g: Graph, x: Value, axis: number, before: number, after: number): Value {
  const pads = [
    ...x.shape.map((_, i) => (i === axis ? before : 0)),
    ...x.shape.map((_, i) => (i === axis ? after : 0)),
  ];
  const shape = x.shape.map((n, i) => (i === axis ? (n as number) + before + after : n));
  return one(g, 'Pad', [x, list(g, pads)], shape);
}

export function equal(g: Graph, a: Value, b: Value): Value {
  return g.emit('Equal', [a, b], [{ type: 'bool', shape: broadcast(a.shape, b.shape) }])[0]!;
}

export function greater(g: Graph, a: Value, b: Value): Value {
  return g.emit('Greater', [a, b], [{ type: 'bool', shape: broadcast(a.shape, b.shape) }])[0]!;
}

/** Truth values to 0 and 1. */
export function toFloat(g: Graph, x: Value): Value {
  return g.emit('Cast', [x], [{ type: 'float32', shape: x.shape }], { to: 1 })[0]!;
}
