/** Metrics: predictions to scores with intervals, and the baselines to beat. */
export { type Baseline, fitBaselines, fitChatBaselines, fitTextBaselines, scoreBaselines } from './baselines';
export { chexpertClasses, type Labels } from './chexpert_f1';
export { bootstrap, type Interval, wilson } from './interval';
export { type Measured, type Metric, meanOf, type Reference } from './metric';
export { normalizeAnswer } from './normalize';
export { metricOf, metrics } from './registry';
export { type Scores, scoreItems, sumsOf } from './score';
