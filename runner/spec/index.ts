/** Specs: text -> checked, merged settings. */
export { checkSpec } from './check';
export { type ExpandedMethod, expandMethods } from './combine';
export { loadSpec, usableSections } from './load';
export { nearest } from './nearest';
export { describeSpec, outputDirIfThere, outputDirOf } from './place';
export type { SpecFile } from './types';
