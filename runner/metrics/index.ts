/** Metrics: predictions to scores with intervals, and the baselines to beat. */
export { type Baseline, fitBaselines, scoreBaselines } from './baselines';
export { bootstrapMean, type Interval, wilson } from './interval';
export type { Metric, Reference } from './metric';
export { normalizeAnswer } from './normalize';
export { metricOf, metrics } from './registry';
export { aggregate, type Scores, scoreItems } from './score';
