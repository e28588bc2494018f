/**
 * Weights that are read from the checkpoint's files just before a block uses them and are forgotten after it, so that a model may be larger than the memory. While one
 * block runs, the system already reads the next one's. 16-bit floats are widened and quantised values made floats when the block's turn comes.
 */
import { closeSync, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Tensor } from '../backends';
import { widenBfloat, widenHalf } from './half';
import { dequantize, scaleName } from './quantized';
import { Rubbish } from './rubbish';
import { asHalves, endsEarly, narrowed, openFile, type SafetensorsHeader, tensorInfo, valuesOf } from './safetensors';

/** Where a tensor lies. */
export interface Stored {
  header: SafetensorsHeader;
  /** In the file. */
  name: string;
}

/** A tensor as it lies in the file. */
interface Read {
  raw: ArrayBuffer;
  /** Of a quantised one. */
  scales?: Float32Array;
}

const readFrom = promisify(read);
/** Of one request; the system reads no more than 2 GiB at once. */
const requestBytes = 2 ** 30;

export class WeightStream {
  /** Bytes that were read from files so far. */
  bytesRead = 0;
  private readonly files = new Map<string, number>();
  private readonly used = new Map<string, Tensor>();
  private readonly reading = new Map<string, Promise<Read>>();
  private readonly buffers = new Buffers();

  /**
   * @param stored by name in the network; F32, F16 or BF16, or quantised
   * @param halves names of those that are given as float16
   */
  constructor(
    private readonly stored: ReadonlyMap<string, Stored>,
    private readonly halves: ReadonlySet<string> = new Set(),
  ) {}

  has(name: string): boolean {
    return this.stored.has(name);
  }

  /** Float32, or float16; undefined for what was not made ready last. Its memory is used again after that: results may not be views of it. */
  get(name: string): Tensor | undefined {
    return this.used.get(name);
  }

  /**
   * Reads what `names` says as far as that has not been done, forgets all else, and begins to read `next`.
   * @throws MP3001 if a file is gone; MP3002 if it ends early, or scales are missing
   */
  async ready(names: readonly string[], next: readonly string[]): Promise<void> {
    for (const [name, { data }] of this.used)
      if (!names.includes(name)) {
        this.used.delete(name);
        this.buffers.give(data.buffer as ArrayBuffer);
      }
    // Another chain has begun: what it does not need is dropped where it is read into.
    for (const name of this.reading.keys()) if (!names.includes(name)) this.reading.delete(name);
    const asked = [...names, ...next].flatMap((name) => {
      const { bytes, widenedBytes } = this.info(name);
      return this.halves.has(name) ? [bytes, widenedBytes, widenedBytes / 2] : [bytes, widenedBytes];
    });
    this.buffers.keep(new Set(asked));
    for (const name of names) this.begin(name);
    for (const name of names) {
      if (this.used.has(name)) continue;
      const read = await this.reading.get(name)!;
      this.reading.delete(name);
      this.used.set(name, this.made(name, read));
    }
    for (const name of next) this.begin(name);
  }

  dispose(): void {
    for (const descriptor of this.files.values()) closeSync(descriptor);
    this.files.clear();
  }

  private info(name: string) {
    const { header, name: inFile } = this.stored.get(name)!;
    const { dtype, shape, begin, end } = tensorInfo(header, inFile);
    const widenedBytes = 4 * valuesOf({ dtype, shape, begin, end });
    return { header, inFile, dtype, shape, begin, bytes: end - begin, widenedBytes };
  }

  private begin(name: string): void {
    if (this.used.has(name) || this.reading.has(name)) return;
    const whole = this.read(name);
    // What went wrong is thrown where the tensor is waited for.
    whole.catch(() => {});
    this.reading.set(name, whole);
  }

  private async read(name: string): Promise<Read> {
    const { header, inFile, dtype, begin, bytes } = this.info(name);
    const raw = await this.range(header.file, begin, this.buffers.take(bytes));
    if (dtype === 'F32' || dtype === 'BF16' || dtype === 'F16') return { raw };
    const { begin: from, end } = tensorInfo(header, scaleName(inFile));
    return { raw, scales: new Float32Array(await this.range(header.file, from, new ArrayBuffer(end - from))) };
  }

  /** Fills a buffer from a place of a file on. */
  private async range(file: string, begin: number, buffer: ArrayBuffer): Promise<ArrayBuffer> {
    const bytes = buffer.byteLength;
    const descriptor = this.files.get(file) ?? openFile(file);
    this.files.set(file, descriptor);
    for (let done = 0; done < bytes; ) {
      const into = new Uint8Array(buffer, done, Math.min(bytes - done, requestBytes));
      const { bytesRead } = await readFrom(descriptor, into, 0, into.length, begin + done);
      if (bytesRead === 0) throw endsEarly(file, begin + done, bytes - done);
      done += bytesRead;
    }
    this.bytesRead += bytes;
    return buffer;
  }

  private made(name: string, read: Read): Tensor {
    const { dtype, shape } = this.info(name);
    if (!this.halves.has(name)) return this.widened(name, read);
    if (dtype === 'F16' || dtype === 'BF16') return { data: asHalves(name, dtype, new Uint16Array(read.raw)), shape };
    const { data, shape: whole } = this.widened(name, read);
    const halves = narrowed(name, data as Float32Array, new Uint16Array(this.buffers.take(2 * data.length)));
    this.buffers.give(data.buffer as ArrayBuffer);
    return { data: halves, shape: whole };
  }

  private widened(name: string, { raw, scales }: Read): Tensor {
    const { dtype, shape, widenedBytes } = this.info(name);
    if (dtype === 'F32') return { data: new Float32Array(raw), shape };
    const into = new Float32Array(this.buffers.take(widenedBytes));
    this.buffers.give(raw);
    if (scales) {
      const data = dequantize(new Uint8Array(raw), dtype, scales, into);
      return { data, shape: [shape[0]!, into.length / shape[0]!] };
    }
    const data = (dtype === 'BF16' ? widenBfloat : widenHalf)(new Uint16Array(raw), into);
    return { data, shape };
  }
}

/** Memory that is used again: layers are alike, and what is new would wait for the collector. */
class Buffers {
  private spare: ArrayBuffer[] = [];
  private readonly rubbish = new Rubbish();

  take(bytes: number): ArrayBuffer {
    const at = this.spare.findIndex(({ byteLength }) => byteLength === bytes);
    return at < 0 ? new ArrayBuffer(bytes) : this.spare.splice(at, 1)[0]!;
  }

  give(buffer: ArrayBuffer): void {
    this.spare.push(buffer);
  }

  /** Lets go of those of other sizes. */
  keep(sizes: ReadonlySet<number>): void {
    const total = () => this.spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const before = total();
    this.spare = this.spare.filter(({ byteLength }) => sizes.has(byteLength));
    this.rubbish.count(before - total());
  }
}
