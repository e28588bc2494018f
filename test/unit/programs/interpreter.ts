/** The primitives in float64, slowly and plainly: a second reading of ONNX's operators that the gradients are checked with. */
import type { Constant, Node, Port, Program } from '../../../runner/programs/types';

export interface Array64 {
  shape: number[];
  data: number[];
}

type Attributes = NonNullable<Node['attributes']>;
type Operator = (inputs: Array64[], attributes: Attributes, outputs: number) => Array64[];

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const strides = (shape: readonly number[]) => shape.map((_, i) => count(shape.slice(i + 1)));

/** Calls `visit` with every index of a shape. */
function each(shape: readonly number[], visit: (index: number[], flat: number) => void): void {
  const step = strides(shape);
  for (let flat = 0; flat < count(shape); flat++)
    visit(
      shape.map((n, i) => Math.floor(flat / step[i]!) % n),
      flat,
    );
}

function make(shape: number[], value: (index: number[], flat: number) => number): Array64 {
  const data: number[] = [];
  each(shape, (index, flat) => data.push(value(index, flat)));
  return { shape, data };
}

/** Element at an index, broadcasting right-aligned. */
function at({ shape, data }: Array64, index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return data[strides(shape).reduce((sum, step, i) => sum + step * (shape[i] === 1 ? 0 : own[i]!), 0)]!;
}

const binary =
  (f: (a: number, b: number) => number): Operator =>
  ([a, b]) => {
    const rank = Math.max(a!.shape.length, b!.shape.length);
    const shape = Array.from({ length: rank }, (_, i) =>
      Math.max(a!.shape[i - rank + a!.shape.length] ?? 1, b!.shape[i - rank + b!.shape.length] ?? 1),
    );
    return [make(shape, (index) => f(at(a!, index), at(b!, index)))];
  };
const unary =
  (f: (x: number) => number): Operator =>
  ([x]) => [{ shape: x!.shape, data: x!.data.map(f) }];

/** Maclaurin series where it converges quickly, Lentz's continued fraction of erfc elsewhere. */
export function erf(x: number): number {
  if (Math.abs(x) < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (Math.abs(x) + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (Math.abs(x) + fraction)));
}

const transposed = (x: Array64, perm: readonly number[]): Array64 =>
  make(
    perm.map((axis) => x.shape[axis]!),
    (index) => {
      const from: number[] = [];
      for (const [i, axis] of perm.entries()) from[axis] = index[i]!;
      return at(x, from);
    },
  );

function product(a: Array64, b: Array64): Array64 {
  const inner = a.shape.at(-1)!;
  return make([...a.shape.slice(0, -1), b.shape.at(-1)!], (index) => {
    let sum = 0;
    const lead = index.slice(0, -2);
    for (let k = 0; k < inner; k++)
      sum +=
        at(a, [...lead, index.at(-2)!, k]) * at(b, [...lead.slice(lead.length - b.shape.length + 2), k, index.at(-1)!]);
    return sum;
  });
}

const reduce =
  (f: (values: number[]) => number): Operator =>
  ([x, axesOf], { keepdims }) => {
    const axes = axesOf!.data.map((axis) => (axis + x!.shape.length) % x!.shape.length);
    const kept = x!.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    const groups: number[][] = Array.from({ length: count(kept) }, () => []);
    const step = strides(kept);
    each(x!.shape, (index, flat) =>
      groups[index.reduce((sum, n, i) => sum + (axes.includes(i) ? 0 : n * step[i]!), 0)]!.push(x!.data[flat]!),
    );
    return [{ shape: keepdims ? kept : x!.shape.filter((_, i) => !axes.includes(i)), data: groups.map(f) }];
  };
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** Applies f to each row of the last axis. */
function byRow(x: Array64, f: (row: number[]) => number[]): Array64 {
  const width = x.shape.at(-1)!;
  const data: number[] = [];
  for (let i = 0; i < x.data.length; i += width) data.push(...f(x.data.slice(i, i + width)));
  return { shape: [...x.shape.slice(0, -1), data.length / (x.data.length / width)], data };
}

const operators: Record<string, Operator> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Equal: binary((a, b) => Number(a === b)),
  Greater: binary((a, b) => Number(a > b)),
  Not: unary((x) => Number(!x)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Sqrt: unary(Math.sqrt),
  Erf: unary(erf),
  Gelu: unary((x) => (x * (1 + erf(x * Math.SQRT1_2))) / 2),
  Identity: unary((x) => x),
  Cast: unary((x) => x),
  ReduceSum: reduce(sum),
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceMax: reduce((values) => Math.max(...values)),
  Gemm: ([a, b, c], { transA, transB }) => {
    const y = product(transA ? transposed(a!, [1, 0]) : a!, transB ? transposed(b!, [1, 0]) : b!);
    return c ? binary((u, v) => u + v)([y, c], {}, 1) : [y];
  },
  MatMul: ([a, b]) => [product(a!, b!)],
  Transpose: ([x], { perm }) => [transposed(x!, perm as number[])],
  Reshape: ([x, to]) => {
    const sizes = to!.data.map((n, i) => (n === 0 ? x!.shape[i]! : n));
    const known = sizes.reduce((a, b) => (b === -1 ? a : a * b), 1);
    return [{ shape: sizes.map((n) => (n === -1 ? x!.data.length / known : n)), data: x!.data }];
  },
  Softmax: ([x]) => [
    byRow(x!, (row) => {
      const top = Math.max(...row);
      const e = row.map((v) => Math.exp(v - top));
      return e.map((v) => v / sum(e));
    }),
  ],
  LayerNormalization: ([x, gain, bias], { epsilon }) => {
    const statistics = (row: number[]) => {
      const mean = sum(row) / row.length;
      return [mean, 1 / Math.sqrt(sum(row.map((v) => (v - mean) ** 2)) / row.length + (epsilon as number))] as const;
    };
    return [
      byRow(x!, (row) => {
        const [mean, inverse] = statistics(row);
        return row.map((v, i) => (v - mean) * inverse * gain!.data[i]! + bias!.data[i]!);
      }),
      byRow(x!, (row) => [statistics(row)[0]]),
      byRow(x!, (row) => [statistics(row)[1]]),
    ];
  },
  Gather: ([x, index]) => [
    make([...index!.shape, ...x!.shape.slice(1)], (i) =>
      at(x!, [at(index!, i.slice(0, index!.shape.length)), ...i.slice(index!.shape.length)]),
    ),
  ],
  ScatterND: ([onto, index, updates]) => {
    const data = [...onto!.data];
    const row = count(onto!.shape.slice(1));
    index!.data.forEach((to, n) => {
      for (let i = 0; i < row; i++) data[to * row + i]! += updates!.data[n * row + i]!;
    });
    return [{ shape: onto!.shape, data }];
  },
  ConstantOfShape: ([of]) => [make(of!.data, () => 0)],
  Split: ([x], _, outputs) =>
    Array.from({ length: outputs }, (_, part) =>
      byRow(x!, (row) => row.slice((part * row.length) / outputs, ((part + 1) * row.length) / outputs)),
    ),
  Concat: (parts, { axis }) => {
    const dimension = ((axis as number) + parts[0]!.shape.length) % parts[0]!.shape.length;
    const ends = parts.map((_, i) => sum(parts.slice(0, i + 1).map((part) => part.shape[dimension]!)));
    return [
      make(
        parts[0]!.shape.map((n, i) => (i === dimension ? ends.at(-1)! : n)),
        (index) => {
          const part = ends.findIndex((end) => index[dimension]! < end);
          return at(
            parts[part]!,
            index.map((n, i) => (i === dimension ? n - (ends[part - 1] ?? 0) : n)),
          );
        },
      ),
    ];
  },
  Shape: ([x], { start, end }) => {
    const data = x!.shape.slice(start as number, end as number);
    return [{ shape: [data.length], data }];
  },
  Expand: ([x, to]) => [make([...to!.data], (index) => at(x!, index))],
  Slice: ([x, start, end, axis]) => [
    make(
      x!.shape.map((n, i) => (i === axis!.data[0] ? Math.min(end!.data[0]!, n) - start!.data[0]! : n)),
      (index) =>
        at(
          x!,
          index.map((n, i) => (i === axis!.data[0] ? n + start!.data[0]! : n)),
        ),
    ),
  ],
  Pad: ([x, pads]) => {
    const before = pads!.data.slice(0, x!.shape.length);
    const after = pads!.data.slice(x!.shape.length);
    return [
      make(
        x!.shape.map((n, i) => n + before[i]! + after[i]!),
        (index) => {
          const from = index.map((n, i) => n - before[i]!);
          return from.every((n, i) => n >= 0 && n < x!.shape[i]!)
            ? x!.data[from.reduce((s, n, i) => s + n * strides(x!.shape)[i]!, 0)]!
            : 0;
        },
      ),
    ];
  },
};

/** Runs a program in float64. */
export function interpret(program: Program, feeds: Record<string, Array64>): Record<string, Array64> {
  const values = new Map<string, Array64>(Object.entries(feeds));
  for (const { name, shape, values: data } of program.constants as Constant[])
    values.set(name, { shape: [...shape], data: [...data] });
  for (const { op, inputs, outputs, attributes } of program.nodes) {
    const operator = operators[op];
    if (!operator) throw new Error(`the interpreter lacks ${op}`);
    const results = operator(
      inputs.map((name) => values.get(name)!),
      attributes ?? {},
      outputs.length,
    );
    for (const [i, name] of outputs.entries()) values.set(name, results[i]!);
  }
  return Object.fromEntries(program.outputs.map(({ name }: Port) => [name, values.get(name)!]));
}
