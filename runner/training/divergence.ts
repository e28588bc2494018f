/** Whether a training diverges: its loss has risen far above its lowest, and stays there. */

/** The loss, smoothed, and how long it has been far above its lowest. */
export interface LossTrend {
  steps: number;
  first: number;
  smooth: number;
  lowest: number;
  /** Steps in a row that were far above the lowest. */
  above: number;
}

/** Weight of the newest loss; the first ones are averaged. */
const newest = 0.1;
/** So many steps in a row are no outlier. */
const patience = 20;

export const newTrend = (): LossTrend => ({ steps: 0, first: 0, smooth: 0, lowest: 0, above: 0 });

/**
 * Takes in the loss of a step. Far above is more than twice the lowest smoothed loss, and more than half the way back to the first.
 * @returns whether it diverges as of this step: true once each time it does
 */
export function follow(trend: LossTrend, loss: number): boolean {
  trend.steps++;
  trend.smooth += (loss - trend.smooth) * Math.max(newest, 1 / trend.steps);
  if (trend.steps === 1) trend.first = loss;
  trend.lowest = trend.steps === 1 ? loss : Math.min(trend.lowest, trend.smooth);
  const far = trend.smooth > 2 * trend.lowest && trend.smooth > (trend.first + trend.lowest) / 2;
  trend.above = far ? trend.above + 1 : 0;
  return trend.above === patience;
}
