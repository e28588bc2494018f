/** Emscripten modules of @cornerstonejs/codec-*, which bring no types for these entry points. */
interface CodecSettings {
  wasmBinary: Uint8Array;
  print(text: string): void;
  printErr(text: string): void;
}

interface CodecDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export default function open(settings: CodecSettings): Promise<{ J2KDecoder: new () => CodecDecoder }>;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  export default function open(settings: {
    wasmBinary: Uint8Array;
  }): Promise<{ JpegLSDecoder: new () => CodecDecoder }>;
}
