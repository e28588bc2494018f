/** Looks at the records of a data set before training. Opens no image: who only reads text (the language server) can use it. */
import { realpath } from 'node:fs/promises';
import type { Dataset as DatasetSettings } from '../../../schemas/generated/spec';
import { matches } from '../filter';
import { imageChecker } from '../image_paths';
import { type OpenedFolder, openFolder, presentSplits, readSplit } from '../read_split';
import { type Item, imagesOf, repeatedId } from '../types';
import { between } from './between';
import { type Finding, finding, findingKinds } from './finding';
import { within } from './within';

export type { Finding, FindingCode, Matters } from './finding';

export interface LookedAt {
  /** The usable records that the filter keeps, whether or not their images are there. */
  splits: ReadonlyMap<string, readonly Item[]>;
  /** Images that records name and that are not there, or lie outside of the image folder. */
  missing: ReadonlySet<string>;
  /** As it was opened, with the hashes of the files that were read. */
  folder: OpenedFolder;
  /** What matters for scores first. */
  findings: Finding[];
}

/**
 * Reads every split that is there and compares each with each; `all`, which holds the others, only where it stands alone.
 * @param signal ends the reading at the next record, by throwing its reason.
 * @throws MP1106, MP2001, MP2002, MP2007 as reading for a run does; an unusable record is a finding.
 */
export async function lookAtRecords(settings: DatasetSettings, signal?: AbortSignal): Promise<LookedAt> {
  const folder = await openFolder(settings);
  const root = await realpath(folder.imageFolder).catch(() => folder.imageFolder);
  const { problem: problemOf } = imageChecker(root, settings.allow_outside_images);
  const splits = new Map<string, Item[]>();
  const [findings, missing] = [[] as Finding[], new Set<string>()];
  for (const split of inOrderOfUse(await presentSplits(folder))) {
    const [items, bad, ids] = [[] as Item[], new Map<string, string[]>(), new Set<string>()];
    const leaveOut = (id: string, reason: string) => bad.get(reason)?.push(id) ?? bad.set(reason, [id]);
    for await (const record of readSplit(folder, split)) {
      signal?.throwIfAborted();
      if ('bad' in record) leaveOut(record.bad.id, record.bad.reason);
      else if (!matches(record.item, settings.filter)) continue;
      else if (ids.has(record.item.id)) leaveOut(record.item.id, repeatedId);
      else {
        ids.add(record.item.id);
        items.push(record.item);
      }
    }
    for (const image of new Set(items.flatMap(imagesOf))) {
      signal?.throwIfAborted();
      if (await problemOf(image)) missing.add(image);
    }
    for (const [says, ids] of bad) findings.push(...finding('record_unusable', [split], ids, { says }));
    findings.push(...within(split, items));
    splits.set(split, items);
  }
  const compared = [...splits].filter(([split]) => split !== 'all');
  for (const [i, [first, items]] of compared.entries())
    for (const [second, others] of compared.slice(i + 1)) {
      signal?.throwIfAborted();
      findings.push(...between([first, second], [items, others]));
    }
  const lost = [...splits.values()].flat().filter((item) => imagesOf(item).some((image) => missing.has(image))).length;
  findings.push(
    ...finding('image_missing', [], missing, {
      says: `${findingKinds.image_missing[0]}; ${lost} record${lost === 1 ? ' names' : 's name'} them`,
    }),
  );
  for (const { code, message, count, examples } of folder.source.notes)
    findings.push({ ...noted(code, message), splits: [], count, examples });
  return { splits, missing, folder, findings: byWeight(findings) };
}

/** What is trained on before what is tested on, where only the names of files tell; otherwise as they came. */
function inOrderOfUse(splits: readonly string[]): string[] {
  const roles = [/train/i, /val|dev/i, /./];
  const rank = (split: string) => roles.findIndex((role) => role.test(split));
  return [...splits].sort((a, b) => rank(a) - rank(b));
}

/** What matters for scores first; otherwise as they came. */
export function byWeight(findings: readonly Finding[]): Finding[] {
  const rank = { score: 0, training: 1, no: 2 } as const;
  return [...findings].sort((a, b) => rank[a.matters] - rank[b.matters]);
}

/** What a reader noted, under its own code if that is a finding's. */
function noted(code: string, message: string): Pick<Finding, 'code' | 'message' | 'matters'> {
  const known = code === 'answer_number' || code === 'text_blanks' ? code : 'note';
  return { code: known, message, matters: 'no' };
}
