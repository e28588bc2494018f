/** Model families, and checkpoints as far as their headers tell. */
export { type Checkpoint, inspectCheckpoint } from './checkpoint';
export { families, findFamily } from './families';
export type { Family, Placed } from './family';
