/** How fast a run is, and how long it will take, evaluations included. */

export interface Pace {
  step(seconds: number, items: number): void;
  evaluation(seconds: number, items: number): void;
  /** Training items per second, recent. */
  itemsPerSecond(): number | undefined;
  /** @param left what is still to be done */
  secondsLeft(left: { steps: number; evaluationItems: number }): number | undefined;
}

/** Least weight of the newest measurement. */
const newest = 0.1;

export function startPace(): Pace {
  let perStep: number | undefined;
  let perItem: number | undefined;
  let perEvaluationItem: number | undefined;
  let steps = 0;
  return {
    step(seconds, items) {
      // the first step prepares what the others find prepared: the second takes its place, and from there on it is a mean
      const weight = Math.max(newest, 1 / Math.max(1, steps));
      const mix = (old: number | undefined, value: number) =>
        old === undefined ? value : old + weight * (value - old);
      perStep = mix(perStep, seconds);
      perItem = mix(perItem, seconds / items);
      steps++;
    },
    evaluation(seconds, items) {
      perEvaluationItem = seconds / items;
    },
    itemsPerSecond: () => (perItem === undefined ? undefined : 1 / perItem),
    secondsLeft({ steps: stepsLeft, evaluationItems }) {
      if (stepsLeft > 0 && perStep === undefined) return undefined;
      // until something was evaluated: answering takes about as long as training on an item
      return stepsLeft * (perStep ?? 0) + evaluationItems * (perEvaluationItem ?? perItem ?? 0);
    },
  };
}

/** Seconds on a clock that went on from `from`. */
export function startClock(from: number): () => number {
  const began = performance.now();
  return () => from + (performance.now() - began) / 1000;
}
