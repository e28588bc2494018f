/** Tensors that nobody needs any more. Their memory lies outside of the engine's heap, which so small a rest of it never makes the collector run: it is told to. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Tensor } from '../backends';

/** So many bytes may wait: a collection takes some milliseconds. */
const patience = 64 * 2 ** 20;

export class Rubbish {
  private bytes = 0;
  private collect: (() => void) | undefined;

  /** Counts a tensor whose last reference is about to go. */
  add(tensor: Tensor | undefined): void {
    this.count(tensor?.data.byteLength ?? 0);
  }

  /** Counts so many bytes whose last reference has gone or is about to. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes < patience) return;
    this.bytes = 0;
    this.collect ??= exposed();
    this.collect();
  }
}

function exposed(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
