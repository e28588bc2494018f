/** What a program costs, from shapes alone: floating-point operations, and bytes that are live at once. */
import type { BlockPrograms } from './tape';
import type { Dimension, ElementType, Node, Program } from './types';

type Shapes = ReadonlyMap<string, readonly number[]>;

const bytesOf: Readonly<Record<ElementType, number>> = { float32: 4, float16: 2, int32: 4, int64: 8, bool: 1 };

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** What is known of a feed: its shape, and its values where it holds a shape itself. */
export interface Known {
  shape: readonly number[];
  data?: ArrayLike<number | bigint>;
}

/** Shapes of everything in a program, given its feeds; masks of dropout need not be among them. */
export function shapesOf(program: Program, feeds: Readonly<Record<string, Known>>): Shapes {
  const sizes = new Map<string, number>();
  const shapes = new Map<string, readonly number[]>();
  const values = new Map<string, ArrayLike<number | bigint>>();
  const learn = (name: string, shape: readonly Dimension[], known: readonly number[]) => {
    shapes.set(name, known);
    shape.forEach((size, i) => {
      if (typeof size === 'string') sizes.set(size, known[i]!);
    });
  };
  const masks = new Map<string, readonly Dimension[]>();
  const shapeOf = (name: string): readonly number[] => {
    const mask = masks.get(name);
    if (mask) shapes.set(name, resolve(mask, sizes, `${program.name}: ${name}`));
    return shapes.get(name)!;
  };
  for (const { name, shape, rate } of program.inputs) {
    if (rate !== undefined) {
      masks.set(name, shape);
      continue;
    }
    const { shape: known, data } = feeds[name]!;
    learn(name, shape, known);
    if (data) values.set(name, data);
  }
  for (const { name, shape, values: data } of program.constants) {
    shapes.set(name, shape);
    values.set(name, data);
  }
  const ports = new Map(program.values.map((port) => [port.name, port]));
  for (const { op, inputs, outputs, attributes } of program.nodes)
    for (const output of outputs) {
      const { shape } = ports.get(output)!;
      if (op === 'Reshape')
        learn(output, shape, reshaped(shapeOf(inputs[0]!), values.get(inputs[1]!) ?? shape.map(sizeIn(sizes))));
      else if (op === 'ConstantOfShape' && values.has(inputs[0]!))
        learn(output, shape, Array.from(values.get(inputs[0]!)!, Number));
      else if (op === 'Concat') learn(output, shape, joined(inputs.map(shapeOf), Number(attributes!.axis)));
      else shapes.set(output, resolve(shape, sizes, `${program.name}: ${output}`));
    }
  for (const name of masks.keys()) shapeOf(name);
  return shapes;
}

/** The shape of tensors that are put together along an axis, which may be counted from the end. */
function joined(parts: readonly (readonly number[])[], axis: number): number[] {
  const [first] = parts;
  const along = (axis + first!.length) % first!.length;
  return first!.map((size, i) => (i === along ? parts.reduce((sum, part) => sum + part[i]!, 0) : size));
}

/** A size, or -1 if it is not known. */
const sizeIn = (sizes: ReadonlyMap<string, number>) => (size: Dimension) =>
  typeof size === 'number' ? size : (sizes.get(size) ?? -1);

/** The shape that a reshape leads to; 0 keeps the size that stands there, -1 stands for what is left. */
function reshaped(from: readonly number[], to: ArrayLike<number | bigint>): number[] {
  const wanted = Array.from(to, (size, i) => (Number(size) === 0 ? from[i]! : Number(size)));
  const known = product(wanted.filter((size) => size !== -1));
  return wanted.map((size) => (size === -1 ? product(from) / known : size));
}

function resolve(shape: readonly Dimension[], sizes: ReadonlyMap<string, number>, where: string): number[] {
  return shape.map((size) => {
    const known = typeof size === 'number' ? size : sizes.get(size);
    if (known === undefined) throw new Error(`${where} has the unknown size ${size}`);
    return known;
  });
}

/** Bytes of a value of that type and shape. */
export function bytesAt(type: ElementType, shape: readonly number[]): number {
  return bytesOf[type] * product(shape);
}

/** Floating-point operations of a program's matrix products, a multiplication and an addition counted as two. */
export function programFlops(program: Program, feeds: Readonly<Record<string, Known>>): number {
  const shapes = shapesOf(program, feeds);
  return program.nodes.reduce((sum, node) => sum + nodeFlops(node, shapes), 0);
}

function nodeFlops({ op, inputs, outputs, attributes }: Node, shapes: Shapes): number {
  if (op !== 'Gemm' && op !== 'MatMul') return 0;
  const a = shapes.get(inputs[0]!)!;
  const joined = attributes?.transA === 1 ? a[0]! : a.at(-1)!;
  return 2 * joined * product(shapes.get(outputs[0]!)!);
}

/** Bytes that forward keeps for backward, beside the inputs and outputs of the block. */
export function savedBytes(
  { inference, forward, saved }: BlockPrograms,
  feeds: Readonly<Record<string, Known>>,
): number {
  const shapes = shapesOf(forward, feeds);
  const outputs = new Set(inference.outputs.map(({ name }) => name));
  return forward.outputs
    .filter(({ name }) => saved.includes(name) && !outputs.has(name))
    .reduce((sum, { name, type }) => sum + bytesAt(type, shapes.get(name)!), 0);
}

/** The most bytes of results that a run of a program holds at once, its outputs included: a value lives from the node that makes it to the last that reads it. */
export function peakBytes(program: Program, shapes: Shapes): number {
  const sizes = new Map(program.values.map(({ name, type }) => [name, bytesAt(type, shapes.get(name)!)]));
  const lastRead = new Map<string, number>();
  program.nodes.forEach(({ inputs }, i) => {
    for (const input of inputs) lastRead.set(input, i);
  });
  for (const { name } of program.outputs) lastRead.set(name, program.nodes.length);
  let held = 0;
  let peak = 0;
  program.nodes.forEach(({ op, inputs, outputs }, i) => {
    const ending = inputs.filter((input, at) => lastRead.get(input) === i && inputs.indexOf(input) === at);
    const freed = ending.reduce((sum, input) => sum + (sizes.get(input) ?? 0), 0);
    // A view of a value that ends here, or one worked on in place, takes no bytes of its own.
    const made = outputs.reduce((sum, output) => sum + (sizes.get(output) ?? 0), 0);
    const inPlace = inPlaceOps.has(op) && ending.some((input) => sizes.get(input) === made);
    peak = Math.max(peak, held + (inPlace ? 0 : made));
    held += made - freed;
  });
  return peak;
}

/** Operators that onnxruntime lets write over an input that nobody reads any more. */
const inPlaceOps = new Set(['Add', 'Sub', 'Mul', 'Div', 'Reshape', 'Exp', 'Erf', 'Softmax', 'Identity']);
