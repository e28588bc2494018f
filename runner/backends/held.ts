/** What a backend with memory of its own gives out: tensors on the device, counted until they are disposed of. */
import type { ElementType } from '../programs/types';
import type { DeviceTensor } from './types';

/** Tensors that were given out and not disposed of. */
export interface Count {
  held: number;
}

/**
 * Each backend has a class of its own, by which it tells its tensors from another's.
 * @template T the backend's own tensor
 */
export abstract class HeldTensor<T extends { dispose(): void }> implements DeviceTensor {
  private isHeld = true;

  constructor(
    readonly type: ElementType,
    readonly shape: readonly number[],
    readonly value: T,
    private readonly count: Count,
  ) {
    count.held++;
  }

  dispose(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.count.held--;
    this.value.dispose();
  }
}
