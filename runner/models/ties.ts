/** Copies of tied tensors that some files carry: accepted when they are copies, refused when they differ. */
import { MedpeftError } from '../errors';
import type { Checkpoint } from './checkpoint';
import { readTensor } from './safetensors';

/** @throws MP3004 if a file holds a copy that is none. */
export function refuseUnequalTies({ folder, family, extras, headerOf, parameters }: Checkpoint): void {
  for (const copy of extras) {
    const canonical = family.originalOf(copy);
    const original = parameters.find((parameter) => parameter.canonical === canonical)?.name;
    if (original === undefined) continue;
    const a = readTensor(headerOf.get(copy)!, copy);
    const b = readTensor(headerOf.get(original)!, original);
    const equal = a.length === b.length && a.every((value, i) => value === b[i]);
    if (!equal)
      throw new MedpeftError(
        'MP3004',
        `${copy} in ${folder} should be a copy of ${original} but differs from it`,
        'this family ties the two: check that the file was saved by the same code as the others',
        copy,
      );
  }
}
