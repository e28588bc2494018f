/** What an editor tells of a data set: sizes of its splits, kinds of answers, values to filter by, and findings. Opens no image. */
import { statSync } from 'node:fs';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { bytes } from '../text';
import { type Finding, lookAtRecords } from './findings';
import { imageKeys } from './findings/asked';
import { openFolder, presentSplits } from './read_split';
import type { Item } from './types';

export interface DatasetFacts {
  splits: SplitFacts[];
  /** Field -> its most frequent values with their number of records, over all splits. */
  values: Record<string, [value: string, records: number][]>;
  /** What matters for scores or training, what weighs more first. */
  findings: Finding[];
  /** Distinct images that records name and that are not there. */
  missingImages: number;
}

export interface SplitFacts {
  split: string;
  items: number;
  images: number;
  /** Where the records say whose images they are. */
  patients?: number;
  /** Kind of answer (closed, open; report; chat) -> records. */
  answers: Record<string, number>;
}

/** Record files up to this size together are read, in bytes. */
const mostBytes = 64e6;
const mostValues = 30;

/** @throws MP2001, MP2002, MP2007 as reading does; MP2008 if its files are too large to be read for this */
export async function datasetFacts(settings: DatasetSettings): Promise<DatasetFacts> {
  await refuseLarge(settings);
  const { splits, findings, missing } = await lookAtRecords(settings);
  const values = new Map<string, Map<string, number>>();
  for (const { fields } of [...splits.values()].flat())
    for (const [field, value] of Object.entries(fields)) {
      const counts = values.get(field) ?? new Map<string, number>();
      values.set(field, counts.set(value, (counts.get(value) ?? 0) + 1));
    }
  return {
    splits: [...splits].map(([split, items]) => factsOf(split, items)),
    values: Object.fromEntries([...values].map(([field, counts]) => [field, mostFrequent(counts)])),
    findings: findings.filter(({ matters }) => matters !== 'no'),
    missingImages: missing.size,
  };
}

async function refuseLarge(settings: DatasetSettings): Promise<void> {
  const { format, source, ...rest } = await openFolder(settings);
  const files = new Set<string>();
  for (const split of await presentSplits({ format, source, ...rest }))
    for (const file of await format.filesOf(split, source)) files.add(source.place(file));
  const size = [...files].reduce((sum, file) => sum + statSync(file).size, 0);
  if (size > mostBytes)
    throw new MedpeftError(
      'MP2008',
      `${bytes(size)} of records are more than is read while a spec is written: \`medpeft inspect data\` looks at them`,
    );
}

function factsOf(split: string, items: readonly Item[]): SplitFacts {
  const answers: Record<string, number> = {};
  for (const item of items) {
    const kind = item.kind === 'vqa' ? item.answerType : item.kind === 'report' ? 'report' : 'chat';
    answers[kind] = (answers[kind] ?? 0) + 1;
  }
  const patients = new Set(items.flatMap(({ patient }) => patient ?? []));
  return {
    split,
    items: items.length,
    images: new Set(items.flatMap(imageKeys)).size,
    ...(patients.size > 0 ? { patients: patients.size } : {}),
    answers,
  };
}

const mostFrequent = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, mostValues);
