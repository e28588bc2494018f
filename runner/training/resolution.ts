/** Whether float32 can hold the steps that a learning rate makes: 1 + 1e-8 is 1. */
import type { Trainable } from '../models/types';
import { someNames } from './fingerprint';
import type { GroupRates } from './rates';
import type { Warning } from './watch';

/** Elements of a tensor that are looked at: enough to judge most of it. */
const samples = 1024;

/** The share of elements that a step of the size of the rate leaves as they are. AdamW's steps are about as large as the rate, and hardly larger. */
function stuckShare(value: Float32Array, rate: number): number {
  const stride = Math.max(1, Math.floor(value.length / samples));
  let seen = 0;
  let stuck = 0;
  for (let i = 0; i < value.length; i += stride, seen++)
    if (Math.fround(value[i]! + rate) === value[i] && Math.fround(value[i]! - rate) === value[i]) stuck++;
  return stuck / seen;
}

/** A warning for each group or adapter that holds tensors of which most elements cannot move even at the peak rate (MP4012). */
export function roundingWarnings(trainables: readonly Trainable[], rates: ReadonlyMap<string, GroupRates>): Warning[] {
  const stuck = trainables.filter(({ name, value }) => stuckShare(value, rates.get(name)!.rate) > 0.5);
  return [...new Set(stuck.map(({ group }) => group))].map((group) => {
    const own = stuck.filter((trainable) => trainable.group === group);
    const { rate } = rates.get(own[0]!.name)!;
    return {
      code: 'MP4012',
      message: `the learning rate ${rate} of "${group}" is too small for float32: steps of that size round away in ${own.length} of its tensors (${someNames(own.map(({ name }) => name))})`,
      hint: 'raise it: LayerNorm, IA3 and prompts want 10 to 100 times the rate of LoRA or full tuning',
    };
  });
}
