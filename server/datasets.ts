/** The data sets of a spec as they can be read: settings with absolute paths. */
import { formats } from '../runner/data/formats';
import { datasetFrom } from '../runner/plan/resources';
import type { Dataset } from '../schemas/generated/spec';
import type { SpecDocument } from './documents';
import { field, knownNames } from './known-names';

/** Undefined where the text does not say enough of it to be read. */
export function datasetOf(document: SpecDocument, name: string): Dataset | undefined {
  const settings = knownNames(document, 'datasets').find((known) => known.name === name)?.settings;
  const sound = document.spec.usable?.spec.datasets?.[name];
  if (!document.onDisk || typeof field(settings, 'path') !== 'string') return undefined;
  if (!formats.has(String(field(settings, 'format')))) return undefined;
  return datasetFrom(document.file, sound ?? (settings as Dataset));
}

/** `300 closed, 177 open`. */
export function answersText(answers: Readonly<Record<string, number>>): string {
  return Object.entries(answers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`)
    .join(', ');
}

/** `1 item`, `1,000 items`. */
export const many = (count: number, what: string) => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
