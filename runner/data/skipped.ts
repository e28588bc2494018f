/** How many records were left out, and why: in the result, in warnings and beneath tables. Pure. */
import type { BadRecord, SkippedCounts } from './types';

/** @param records their splits written `dataset/split`. */
export function countSkipped(records: readonly Pick<BadRecord, 'split' | 'reason'>[]): SkippedCounts {
  const counts: SkippedCounts = {};
  for (const { split, reason } of records) {
    const reasons = counts[split] ?? {};
    counts[split] = { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 };
  }
  return counts;
}

/** `rad/test 2 × the image file is missing, 1 × the answer is empty; …` */
export function skippedText(counts: Readonly<SkippedCounts>): string {
  return Object.entries(counts)
    .map(([split, reasons]) => {
      const parts = Object.entries(reasons).map(([reason, count]) => `${count} × ${reason}`);
      return `${split} ${parts.join(', ')}`;
    })
    .join('; ');
}
