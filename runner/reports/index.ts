/** Comparison of runs: one table as data, and its renderings. Reads run folders; writes nothing. */
export { arrange, columnNamed } from './arrange';
export type { Arrangement, Cost } from './arrangement';
export { type CompareOptions, compareRuns, compareSummaries, readRuns } from './compare';
export { renderCsv } from './csv';
export { checkExpectations, type ExpectationCheck, type ExpectedRun, expectedRuns } from './expectations';
export { renderExpectations } from './expectations_text';
export { renderHtml } from './html';
export { renderLatex } from './latex';
export { renderMarkdown } from './markdown';
export { type Rendering, renderings } from './renderings';
export { settingsOf } from './row_settings';
export { comparisonSettings, specFilesOf } from './settings';
export { renderSvg } from './svg';
export type { Cell, ComparisonColumn, ComparisonRow, ComparisonSection, ComparisonTable, Difference } from './table';
export { renderText } from './text';
