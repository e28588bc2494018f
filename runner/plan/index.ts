/** Plans: a spec -> the runs that it stands for, from headers and metadata alone. */
export { componentsOf, expandComponents } from './components';
export { countParameters } from './counts';
export type { PlanFilter } from './filter';
export { type Cell, type Merged, mergeTraining } from './merge';
export { type ExcludedCell, type Plan, planRuns, type RunParts } from './plan';
export { slurmSettings } from './resolve';
export type { PlannedRun, SlurmSettings } from './types';
