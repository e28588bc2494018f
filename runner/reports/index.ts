/** Comparison of runs: one table as data, and its renderings. Reads run folders; writes nothing. */
export { type CompareOptions, compareRuns, compareSummaries } from './compare';
export type { Cell, ComparisonColumn, ComparisonRow, ComparisonSection, ComparisonTable, Difference } from './table';
