/** A model family: which tensors a checkpoint of it has, and what each of them is. */
import type { Batch } from '../data/types';
import type { Adaptations } from './adaptations';
import type { Rehearsal } from './footprint';
import type { ImageFit, Reading } from './reading';
import type { Component, InspectableModel, Parameter } from './types';
import type { LoadedTensors } from './weights';

/** What became of the tensor names of a file. */
export interface Placed {
  /** Every place of the family, with `name` as the file writes it where the file has it. */
  parameters: Parameter[];
  /** Canonical names of places that no tensor of the file fills. */
  missing: string[];
  /** Names in the file that have no place. */
  unplaced: string[];
  /** Names in the file that are known copies of other tensors or hold no weights, and are not loaded. */
  extras: string[];
}

export interface Family {
  id: string;
  title: string;
  components: readonly Component[];
  /** Those of `components` that read or write text: what `text` means in a spec. */
  textComponents: readonly Component[];
  /**
   * All parameters in the model's order, tied tensors once, named as the family's files name them.
   * @param config parsed config.json (MP3005 where it cannot be used)
   */
  parameters(config: unknown): Parameter[];
  /** Finds the place of each tensor name of a file; accepts every naming in which the family is published. */
  place(config: unknown, names: readonly string[]): Placed;
  /** Canonical name of the tensor that an extra is a copy of; undefined for a buffer. */
  originalOf(extra: string): string | undefined;
  /** Side of the images and of their patches in pixels, and how they are made square; undefined for a model that sees none. */
  images(config: unknown): { size: number; patchSize: number; fit: ImageFit } | undefined;
  /** Whether it can look at the tokens of several images together (`views: all` of a report). */
  joinsViews?: boolean;
  /** The config of the same model for images of another size. */
  atImageSize(config: unknown, size: number): unknown;
  /** Why no gradient can reach a tensor whatever is trained; undefined if one can. */
  withoutGradient(config: unknown, parameter: Parameter): string | undefined;
  reading(config: unknown): Reading;
  /** A training step in shapes, for the memory that it will take; absent where that is not known before it is tried. */
  rehearse?(config: unknown, batch: Batch, trainable: ReadonlySet<string>, adaptations: Adaptations): Rehearsal;
  /** Makes a computing model of loaded tensors. @throws MP3005 if config.json describes a network that is not computed. */
  open(config: unknown, loaded: LoadedTensors): InspectableModel;
}

/** A way of writing the names of a family's tensors. */
export type Naming = (canonical: string) => string;

/**
 * Matches the names in a file with the family's places.
 * @param namings accepted namings; each tensor may follow any of them
 * @param isExtra whether a name that has no place is a known copy or a buffer
 */
export function placeNames(
  parameters: readonly Parameter[],
  names: readonly string[],
  namings: readonly Naming[],
  isExtra: (name: string) => boolean,
): Placed {
  const inFile = new Set(names);
  const used = new Set<string>();
  const missing: string[] = [];
  const placed = parameters.map((parameter) => {
    const name = namings.map((naming) => naming(parameter.canonical)).find((candidate) => inFile.has(candidate));
    if (name === undefined) {
      missing.push(parameter.canonical);
      return parameter;
    }
    used.add(name);
    return { ...parameter, name };
  });
  const rest = names.filter((name) => !used.has(name));
  return {
    parameters: placed,
    missing,
    unplaced: rest.filter((name) => !isExtra(name)),
    extras: rest.filter(isExtra),
  };
}
