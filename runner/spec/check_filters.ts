/** Filters of data sets against the records: one that keeps nothing, and values that no record has. */
import { statSync } from 'node:fs';
import type { Dataset, Spec } from '../../schemas/generated/spec';
import { matches } from '../data/filter';
import { formats } from '../data/formats';
import { openFolder, readSplit } from '../data/read_split';
import { unlessRefused } from '../errors';
import { datasetFrom } from '../plan/resources';
import { shellWord } from '../text';
import { nearest } from './nearest';
import type { Finding } from './report';
import { taskSplits } from './rules/splits';

/** Data files up to this size together are read to see what a filter keeps. */
const cheap = 16e6;

const hintFor = ({ path, format }: Dataset) =>
  `values are compared as text, case included; the values of each field: medpeft inspect data ${shellWord(path)} --format ${format}`;

/** Of the splits that tasks name. A file that cannot be read or parsed is the plan's to report. */
export async function checkFilters(spec: Spec, specFile: string): Promise<Finding[]> {
  const splits = splitsByDataset(spec);
  const findings = Object.entries(spec.datasets ?? {}).map(async ([name, dataset]): Promise<Finding[]> => {
    const { format: id, filter } = dataset;
    const format = formats.get(id);
    const unknown = Object.keys(filter ?? {}).some((field) => format?.fields && !format.fields.includes(field));
    if (!format || filter === undefined || unknown) return [];
    const hint = hintFor(datasetFrom(specFile, dataset));
    const named = splits.get(name) ?? [];
    const settings = datasetFrom(specFile, dataset);
    const reads = await Promise.all(named.map((split) => unlessRefused(() => readFiltered(settings, split))));
    const empty = named.filter((_, i) => reads[i]?.kept === 0);
    const path = ['datasets', name, 'filter'];
    // Whether a value occurs can be told only where every split was read.
    const values =
      reads.length > 0 && !reads.includes(undefined) ? valuesWithoutRecord(filter, reads as Read[], path, hint) : [];
    const listed = values.filter(({ path: at }) => typeof at.at(-1) === 'number');
    if (empty.length === 0) return listed;
    if (values.length > 0) return values;
    return empty.map((split) => ({
      code: 'MP2005',
      severity: 'warning',
      path,
      at: 'key',
      message: `the filter keeps no record of ${name}/${split}`,
      hint,
    }));
  });
  return (await Promise.all(findings)).flat();
}

interface Read {
  /** Records that the filter keeps. */
  kept: number;
  /** Field of the filter -> its values in all records. */
  seen: Map<string, Set<string>>;
}

/** Values of a filter that no record of any split has, each at its own place. */
function valuesWithoutRecord(
  filter: NonNullable<Dataset['filter']>,
  reads: readonly Read[],
  path: string[],
  hint: string,
): Finding[] {
  return Object.entries(filter).flatMap(([field, wanted]) => {
    const seen = new Set(reads.flatMap((read) => [...(read.seen.get(field) ?? [])]));
    return [wanted].flat().flatMap((value, i): Finding[] => {
      if (seen.has(String(value))) return [];
      const suggestion = nearest(String(value), [...seen].filter(Boolean));
      return [
        {
          code: 'MP2005',
          severity: 'warning',
          path: Array.isArray(wanted) ? [...path, field, i] : [...path, field],
          message: `no record has ${JSON.stringify(value)} as its "${field}"`,
          ...(suggestion === undefined || typeof value !== 'string' ? { hint } : { suggestion }),
        },
      ];
    });
  });
}

/** @returns undefined where the files are too large to be read for this */
async function readFiltered(dataset: Dataset, split: string): Promise<Read | undefined> {
  const folder = await openFolder(dataset);
  const files = await folder.format.filesOf(split, folder.source);
  const sizes = files.map((file) => statSync(folder.source.place(file)).size);
  if (sizes.reduce((sum, size) => sum + size, 0) > cheap) return undefined;
  const read: Read = { kept: 0, seen: new Map(Object.keys(dataset.filter ?? {}).map((field) => [field, new Set()])) };
  for await (const record of readSplit(folder, split)) {
    if (!('item' in record)) continue;
    if (matches(record.item, dataset.filter)) read.kept++;
    for (const [field, values] of read.seen) values.add(record.item.fields[field] ?? '');
  }
  return read;
}

/** Data set -> its splits that tasks name. */
export function splitsByDataset(spec: Spec): Map<string, string[]> {
  const references = Object.entries(spec.tasks ?? {}).flatMap(([name, task]) => taskSplits(task, ['tasks', name]));
  const splits = new Map<string, string[]>();
  for (const { reference } of references) {
    const slash = reference.indexOf('/');
    const name = reference.slice(0, slash);
    splits.set(name, [...new Set([...(splits.get(name) ?? []), reference.slice(slash + 1)])]);
  }
  return splits;
}
