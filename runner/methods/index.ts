/** PEFT methods: parameter groups of the base model, and adapters that are added to it. */
export { adapterMethods, findMethod, unsupportedAdapter } from './adapters';
export { matchGroup, parseLayers } from './groups';
export type { AdapterMethod } from './method';
export {
  describeOverlap,
  findOverlaps,
  type Match,
  type MethodSettings,
  matchName,
  type Overlap,
  predefined,
  select,
} from './select';
export { isRole, matchTargets, modulePath, roles } from './targets';
