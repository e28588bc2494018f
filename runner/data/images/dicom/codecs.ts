/** JPEG 2000 (OpenJPEG) and JPEG-LS (CharLS) as WebAssembly, started when the first such frame is decoded. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../../../errors';

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

interface Codec<Name extends string> {
  start: Promise<Record<Name, new () => Decoder>>;
}

const started: { openjpeg?: Codec<'J2KDecoder'>; charls?: Codec<'JpegLSDecoder'> } = {};

/** They report their progress on standard output, which belongs to the command's result. */
const silent = { print: () => {}, printErr: () => {} };

/** @returns little-endian values, samples of a pixel together. @throws whatever the codec throws for damaged data. */
export async function decodeJpeg2000(packed: Uint8Array): Promise<Uint8Array> {
  started.openjpeg ??= {
    start: import('@cornerstonejs/codec-openjpeg/decodewasmjs').then(({ default: open }) =>
      open({ ...silent, wasmBinary: wasmOf('codec-openjpeg', 'openjpegwasm_decode.wasm') }),
    ),
  };
  const { J2KDecoder } = await started.openjpeg.start;
  return decodeWith(new J2KDecoder(), packed);
}

/** As `decodeJpeg2000`. */
export async function decodeJpegLs(packed: Uint8Array): Promise<Uint8Array> {
  started.charls ??= {
    start: import('@cornerstonejs/codec-charls/decodewasmjs').then(({ default: open }) =>
      open({ ...silent, wasmBinary: wasmOf('codec-charls', 'charlswasm_decode.wasm') }),
    ),
  };
  const { JpegLSDecoder } = await started.charls.start;
  return decodeWith(new JpegLSDecoder(), packed);
}

function decodeWith(decoder: Decoder, packed: Uint8Array): Uint8Array {
  try {
    decoder.getEncodedBuffer(packed.length).set(packed);
    decoder.decode();
    // The buffer lies in the codec's memory, which the next frame overwrites.
    return decoder.getDecodedBuffer().slice();
  } finally {
    decoder.delete();
  }
}

/** Beside the bundle as built, or in the package when run from source. */
function wasmOf(codec: string, name: string): Buffer {
  const places = [
    path.join(import.meta.dirname, 'codecs', name),
    path.resolve(import.meta.dirname, '../../../../node_modules/@cornerstonejs', codec, 'dist', name),
  ];
  const found = places.find((place) => existsSync(place));
  if (found) return readFileSync(found);
  throw new MedpeftError(
    'MP2003',
    `the decoder ${name} is missing beside ${import.meta.dirname}`,
    'build or install MedPEFT again',
    places[0]!,
  );
}
