/** A call in parts: some images at a time, so that what a program holds while it runs is theirs alone. */
import { isOnDevice, type Placed, type Tensor } from '../backends/types';
import type { Call } from './chain';
import type { Engine } from './engine';

/** Images from `begin` up to `end`. */
export interface Part {
  begin: number;
  end: number;
}

/** The parts that a call is run in; undefined if it is run as a whole. */
export function partsOf(
  { split, inputs }: Call,
  tensors: ReadonlyMap<string, Placed>,
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

/** One part of a call's inputs, outputs and gradients of outputs, all by the block's names; what does not go by images is left out. */
export async function rowsOf(
  engine: Engine,
  { split }: Call,
  tensors: ReadonlyMap<string, Placed>,
  part: Part,
): Promise<Map<string, Placed>> {
  const ranges = new Map<string, Placed>();
  for (const [name, tensor] of tensors) {
    const rows = split!.rows[name.replace(/^grad\./, '')];
    if (rows !== undefined) ranges.set(name, await engine.rows(tensor, part.begin * rows, part.end * rows));
  }
  return ranges;
}

/** Puts the rows of parts together, which come in their order. */
export class Rows {
  private whole: Tensor | undefined;
  private readonly onDevice: Placed[] = [];

  constructor(private readonly images: number) {}

  put({ begin, end }: Part, tensor: Placed): void {
    if (isOnDevice(tensor)) {
      this.onDevice.push(tensor);
      return;
    }
    const { data, shape } = tensor;
    const rows = shape[0]! / (end - begin);
    const each = data.length / (end - begin);
    this.whole ??= { data: new Float32Array(each * this.images), shape: [rows * this.images, ...shape.slice(1)] };
    (this.whole.data as Float32Array).set(data as Float32Array, begin * each);
  }

  async tensor(engine: Engine): Promise<Placed> {
    return this.whole ?? engine.joined(this.onDevice);
  }
}
