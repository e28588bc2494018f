/** DICOM's run-length coding (PS3.5 annex G): one packed segment for each byte of a pixel, the highest byte of the first sample first. */

interface Size {
  rows: number;
  columns: number;
  samples: number;
  bitsAllocated: number;
}

/** @returns little-endian values, samples of a pixel together. @throws Error if the segments are not what the header says. */
export function unpackRle(packed: Uint8Array, { rows, columns, samples, bitsAllocated }: Size): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const width = bitsAllocated / 8;
  const area = rows * columns;
  const segments = view.getUint32(0, true);
  if (segments !== samples * width) throw new Error(`${segments} segments instead of ${samples * width}`);
  const out = new Uint8Array(area * samples * width);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : packed.length;
    const [sample, byte] = [Math.floor(segment / width), width - 1 - (segment % width)];
    unpackSegment(packed.subarray(start, end), area, (i, value) => {
      out[(i * samples + sample) * width + byte] = value;
    });
  }
  return out;
}

/** PackBits: n < 128: n + 1 bytes as they are; n > 128: the next byte 257 - n times; 128: nothing. */
function unpackSegment(bytes: Uint8Array, count: number, put: (i: number, value: number) => void): void {
  let i = 0;
  for (let at = 0; at < bytes.length && i < count; ) {
    const n = bytes[at++]!;
    if (n === 128) continue;
    const length = n < 128 ? n + 1 : 257 - n;
    for (let j = 0; j < length && i < count; j++) {
      const value = bytes[n < 128 ? at + j : at];
      if (value === undefined) throw new Error('a run ends too early');
      put(i++, value);
    }
    at += n < 128 ? length : 1;
  }
  if (i < count) throw new Error(`${i} of ${count} values`);
}
