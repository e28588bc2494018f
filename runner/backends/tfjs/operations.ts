/** The primitive operations of programs on TensorFlow.js: one line each. Their meaning is ONNX's: https://onnx.ai/onnx/operators/. */
import type { Node } from '../../programs/types';
import type { TensorFlow, TfTensor } from './library';

type Attributes = NonNullable<Node['attributes']>;
/** @param outputs how many results the node has */
export type Operation = (
  tf: TensorFlow,
  inputs: readonly TfTensor[],
  attributes: Attributes,
  outputs: number,
) => TfTensor | TfTensor[];

type Names<F> = { [K in keyof TensorFlow]: TensorFlow[K] extends F ? K : never }[keyof TensorFlow];

const unary =
  (name: Names<(x: TfTensor) => TfTensor>): Operation =>
  (tf, [x]) =>
    tf[name](x!);
const binary =
  (name: 'add' | 'sub' | 'mul' | 'div' | 'equal' | 'greater'): Operation =>
  (tf, [a, b]) =>
    tf[name](a!, b!);
const reduction =
  (name: 'sum' | 'mean' | 'max'): Operation =>
  (tf, [x, axes], { keepdims }) =>
    tf[name](x!, integers(axes!), keepdims === 1);

/** Values of an int64 vector, which is an int32 tensor here: sizes and axes, which lie on the host as they were fed. */
const integers = (vector: TfTensor): number[] => Array.from(vector.dataSync());

/** The result for each row over the last axis, with the mean and 1 / deviation of the row. */
const layerNormalization: Operation = (tf, [x, gain, bias], { epsilon }) => {
  const mean = tf.mean(x!, [-1], true);
  const centred = tf.sub(x!, mean);
  const variance = tf.mean(tf.square(centred), [-1], true);
  const inverse = tf.rsqrt(tf.add(variance, number(tf, Number(epsilon))));
  return [tf.add(tf.mul(tf.mul(centred, inverse), gain!), bias!), mean, inverse];
};

const number = (tf: TensorFlow, value: number) => tf.tensor(Float32Array.of(value), [], 'float32');

/** x · (1 + erf(x / sqrt 2)) / 2 */
const gelu: Operation = (tf, [x]) => {
  const cumulative = tf.mul(tf.add(tf.erf(tf.mul(x!, number(tf, Math.SQRT1_2))), number(tf, 1)), number(tf, 0.5));
  return tf.mul(x!, cumulative);
};

/** 0 keeps the size that stands there, -1 stands for what is left. */
const reshape: Operation = (tf, [x, to]) => {
  const sizes = integers(to!).map((size, i) => (size === 0 ? x!.shape[i]! : size));
  const known = sizes.reduce((a, b) => (b === -1 ? a : a * b), 1);
  return tf.reshape(
    x!,
    sizes.map((size) => (size === -1 ? x!.size / known : size)),
  );
};

const slice: Operation = (tf, [x, starts, ends, axes]) => {
  const begin = x!.shape.map(() => 0);
  const size = [...x!.shape];
  const [from, to] = [integers(starts!), integers(ends!)];
  for (const [i, axis] of integers(axes!).entries()) {
    const end = Math.min(to[i]!, x!.shape[axis]!);
    begin[axis] = from[i]!;
    size[axis] = end - from[i]!;
  }
  return tf.slice(x!, begin, size);
};

const pad: Operation = (tf, [x, pads]) => {
  const sizes = integers(pads!);
  const rank = x!.shape.length;
  return tf.pad(
    x!,
    x!.shape.map((_, i) => [sizes[i]!, sizes[rank + i]!] as const),
  );
};

/** Rows of nothing, such as the past of a first token, are reshaped: `wasm` gives them another shape. */
const gather: Operation = (tf, [x, index]) =>
  tf.reshape(tf.gather(x!, index!, 0), [...index!.shape, ...x!.shape.slice(1)]);

const product: Operation = (tf, [a, b, bias], { transA, transB }) => {
  const y = tf.matMul(a!, b!, transA === 1, transB === 1);
  return bias ? tf.add(y, bias) : y;
};

export const operations: Readonly<Record<string, Operation>> = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Equal: binary('equal'),
  Greater: binary('greater'),
  Not: unary('logicalNot'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Sqrt: unary('sqrt'),
  Erf: unary('erf'),
  Softmax: unary('softmax'),
  Identity: unary('clone'),
  Gelu: gelu,
  Cast: (tf, [x]) => tf.cast(x!, 'float32'),
  ReduceSum: reduction('sum'),
  ReduceMean: reduction('mean'),
  ReduceMax: reduction('max'),
  Gemm: product,
  MatMul: product,
  Transpose: (tf, [x], { perm }) => tf.transpose(x!, perm as readonly number[]),
  Reshape: reshape,
  LayerNormalization: layerNormalization,
  Gather: gather,
  ScatterND: (tf, [onto, index, updates]) => tf.add(onto!, tf.scatterND(index!, updates!, onto!.shape)),
  ConstantOfShape: (tf, [shape]) => tf.zeros(integers(shape!)),
  Split: (tf, [x], _, outputs) => tf.split(x!, outputs, -1),
  Concat: (tf, parts, { axis }) => tf.concat([...parts], Number(axis)),
  Shape: (tf, [x], { start, end }) => {
    const sizes = Int32Array.from(x!.shape.slice(Number(start), Number(end)));
    return tf.tensor(sizes, [sizes.length], 'int32');
  },
  Expand: (tf, [x, shape]) => tf.broadcastTo(x!, integers(shape!)),
  Slice: slice,
  Pad: pad,
};
