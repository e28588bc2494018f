/** Formats whose splits are named by their files: `train.jsonl` is the split `train`; a single file is the split `all`. */
import { MedpeftError } from '../../errors';
import { firstOf, type Source } from '../source';

const single = 'all';

/** Splits of a folder by the names of its files. */
export async function namedSplits(source: Source, endings: readonly string[]): Promise<string[]> {
  if (source.only !== undefined) return [single];
  // A folder of such a name is told when it is read: it is no file.
  const files = await source.list('', true);
  const stems = files.flatMap((file) => {
    const ending = file.endsWith('.medpeft.json') ? undefined : endings.find((one) => file.endsWith(one)); // a spec may lie beside its data
    return ending ? [file.slice(0, -ending.length)] : [];
  });
  return [...new Set(stems)];
}

/** @throws MP2001 if no file is named after the split, MP1102 for another split than `all` of a single file. */
export async function namedFile(source: Source, split: string, endings: readonly string[]): Promise<string> {
  if (source.only === undefined)
    return firstOf(
      source,
      endings.map((ending) => `${split}${ending}`),
    );
  if (split === single) return source.only;
  throw new MedpeftError(
    'MP1102',
    `a data set that is one file has no split "${split}"`,
    `its only split is "${single}"; name the folder for splits by file`,
    source.place(source.only),
  );
}

/** `[` starts a list; anything else is taken for a record a line. */
export async function jsonShape(source: Source, name: string): Promise<'list' | 'lines'> {
  for await (const piece of source.text(name)) {
    const first = piece.trimStart()[0];
    if (first !== undefined) return first === '[' ? 'list' : 'lines';
  }
  return name.endsWith('.json') ? 'list' : 'lines';
}
