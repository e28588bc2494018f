/** A call in parts: some images at a time, so that what a program holds while it runs is theirs alone. */
import type { Tensor } from '../backends';
import type { Call } from './chain';

/** Images from `begin` up to `end`. */
export interface Part {
  begin: number;
  end: number;
}

/** The parts that a call is run in; undefined if it is run as a whole. */
export function partsOf(
  { split, inputs }: Call,
  tensors: ReadonlyMap<string, Tensor>,
): { images: number; ranges: Part[] } | undefined {
  if (!split) return undefined;
  const [input] = Object.keys(inputs).filter((name) => split.rows[name] !== undefined);
  const images = tensors.get(inputs[input!]!)!.shape[0]! / split.rows[input!]!;
  if (images <= split.atOnce) return undefined;
  const ranges = Array.from({ length: Math.ceil(images / split.atOnce) }, (_, i) => ({
    begin: i * split.atOnce,
    end: Math.min((i + 1) * split.atOnce, images),
  }));
  return { images, ranges };
}

/** Views on one part of a call's inputs, outputs and gradients of outputs, all by the block's names; what does not go by images is left out. */
export function viewsOf({ split }: Call, tensors: ReadonlyMap<string, Tensor>, part: Part): Map<string, Tensor> {
  const views = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const rows = split!.rows[name.replace(/^grad\./, '')];
    if (rows !== undefined) views.set(name, view(tensor, part.begin * rows, part.end * rows));
  }
  return views;
}

/** Rows of the first axis. */
function view({ data, shape }: Tensor, begin: number, end: number): Tensor {
  const each = data.length / shape[0]!;
  return { data: data.subarray(begin * each, end * each), shape: [end - begin, ...shape.slice(1)] };
}

/** Puts the rows of parts together. */
export class Rows {
  private whole: Tensor | undefined;

  constructor(private readonly images: number) {}

  put({ begin, end }: Part, { data, shape }: Tensor): void {
    const rows = shape[0]! / (end - begin);
    const each = data.length / (end - begin);
    this.whole ??= { data: new Float32Array(each * this.images), shape: [rows * this.images, ...shape.slice(1)] };
    (this.whole.data as Float32Array).set(data as Float32Array, begin * each);
  }

  get tensor(): Tensor {
    return this.whole!;
  }
}
