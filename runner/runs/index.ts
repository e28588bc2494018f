/** Run folders: the runner writes, everyone else reads. */
export { readKeptCurves } from './curves/file';
export { History } from './curves/history';
export {
  effectiveEvents,
  effectiveSlices,
  eventSlices,
  eventsSize,
  type RunEvent,
  readEvents,
  voidedBy,
} from './events';
export { predictionFile, runFiles } from './layout';
export { type Note, type Notes, readNotes, setNote, setStar } from './notes';
export { probeOutputFolder } from './output_folder';
export {
  isRunAlive,
  listRuns,
  type RunProgress,
  type RunState,
  type RunSummary,
  readManifest,
  readPredictions,
  readRun,
  runFolders,
} from './read';
export { asFolderError } from './refused';
export { type SpecPlace, specOfRun } from './spec_of_run';
export { watchRuns } from './watch';
export { createRun, type NewEvent, openRun, type RunWriter } from './write';
