/**
 * How an image is named: a file, and for files that hold several what to take of them, after `#`:
 * `ct.dcm#frame=3&window=40,400`, `t1.nii.gz#plane=axial&slice=12`, `train-0.parquet#row=7`.
 */

/** Words that may stand after `#`. Anything else there is part of the file's name. */
const words = ['frame', 'window', 'plane', 'slice', 'montage', 'volume', 'row'] as const;

export type ReferenceWord = (typeof words)[number];

export interface ImageReference {
  file: string;
  options: Readonly<Partial<Record<ReferenceWord, string>>>;
}

const suffix = new RegExp(`#((?:(?:${words.join('|')})=[^&#/]+)(?:&(?:${words.join('|')})=[^&#/]+)*)$`);

export function parseReference(image: string): ImageReference {
  const found = suffix.exec(image);
  if (!found) return { file: image, options: {} };
  const options = Object.fromEntries(found[1]!.split('&').map((pair) => pair.split('=') as [ReferenceWord, string]));
  return { file: image.slice(0, found.index), options };
}

/** Adds options that the reference does not have itself; only to files of the endings named. */
export function withOptions(image: string, options: ImageReference['options'], endings: RegExp): string {
  const { file, options: own } = parseReference(image);
  const all = Object.entries({ ...options, ...own });
  return all.length > 0 && endings.test(file) ? `${file}#${all.map((pair) => pair.join('=')).join('&')}` : image;
}
