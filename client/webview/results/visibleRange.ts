/** Rows of a list of equal heights that lie in sight, and some beyond: indices [from, to). */
export function visibleRange(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  margin: number,
): { from: number; to: number } {
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + height) / rowHeight);
  const to = Math.min(count, Math.max(0, last + margin));
  return { from: Math.max(0, Math.min(first - margin, to)), to };
}
