/** Checks of feeds against a program's inputs; onnxruntime itself compares neither equal symbols nor `[1, D]` with `[N, D]`. */
import { MedpeftError } from '../errors';
import type { ElementType, Port, Program } from '../programs/types';
import { isOnDevice, type Placed, type TensorData } from './types';

const arrays: Record<ElementType, { new (length: number): TensorData }> = {
  float32: Float32Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

/** @throws MP3102 if a feed is missing, of another type, of another shape, or one symbol would be two sizes. */
export function checkFeeds(program: Program, feeds: Readonly<Record<string, Placed>>): void {
  const sizes = new Map<string, { size: number; port: string }>();
  for (const port of program.inputs) {
    const feed = feeds[port.name];
    if (!feed) throw mismatch(program, port, 'is not fed');
    const fits = isOnDevice(feed) ? feed.type === port.type : feed.data instanceof arrays[port.type];
    if (!fits) throw mismatch(program, port, `needs ${port.type} values`);
    const shown = `is fed [${feed.shape.join(', ')}] where [${port.shape.join(', ')}] is needed`;
    if (feed.shape.length !== port.shape.length) throw mismatch(program, port, shown);
    let count = 1;
    for (let i = 0; i < port.shape.length; i++) {
      const size = feed.shape[i]!;
      const wanted = port.shape[i]!;
      count *= size;
      if (typeof wanted === 'number') {
        if (size !== wanted) throw mismatch(program, port, shown);
        continue;
      }
      const known = sizes.get(wanted);
      if (!known) sizes.set(wanted, { size, port: port.name });
      else if (known.size !== size)
        throw mismatch(program, port, `${shown}, and ${wanted} is ${known.size} in ${known.port}`);
    }
    if (!isOnDevice(feed) && count !== feed.data.length)
      throw mismatch(program, port, `has ${feed.data.length} values, its shape ${count}`);
  }
}

function mismatch(program: Program, port: Port, what: string): MedpeftError {
  return new MedpeftError(
    'MP3102',
    `program ${program.name}: input ${port.name} ${what}`,
    'the tensors of the checkpoint, the image size or the batch do not fit the network; please report it if config.json is right',
    port.name,
  );
}
