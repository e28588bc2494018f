/** A spec file as it stands in an editor or on disk, with everything that is wrong with its text. */
import type { Node } from 'jsonc-parser';
import type { Spec } from '../../schemas/generated/spec';
import type { Diagnostic } from '../errors';
import type { Pruned } from './prune';

/** What of a spec can be checked: misspelt words are read as they were meant, and what is wrong is left out. */
export interface Usable extends Pruned {
  /** Whether anything, right or wrong, is written at a place of the whole value. */
  has(path: Path): boolean;
  /** The place in the text of a place of the whole value: a misspelt key stands there as it is written. */
  written(path: Path): Path;
}

export interface SpecFile {
  /** Absolute path. */
  file: string;
  /** The text that ranges and offsets refer to. */
  text: string;
  /** Syntax tree of `text`; undefined where nothing of it could be parsed. */
  tree?: Node;
  /** Whether the text has a syntax error: what follows it may have been misread. */
  isBroken: boolean;
  /** Whether a spec that it extends is still being read: what that one holds is not in the values, and no name is taken for unknown. */
  readonly isPartial: boolean;
  /** The value of the text laid over those that it extends, right or wrong. */
  readonly value?: unknown;
  /** The spec merged with what it extends; undefined where the text or its structure has errors. */
  readonly spec?: Spec;
  /** The merged spec without its wrong places, for checks of the rest; undefined where the text is broken or nothing can be kept. */
  readonly usable?: Usable;
  /** Absolute paths of the specs that this one extends, nearest first. */
  readonly bases: string[];
  /** Problems of text, structure and names: what needs no other file than the specs. */
  readonly diagnostics: Diagnostic[];
}

/** Keys from the root of a spec to a place. */
export type Path = readonly (string | number)[];
