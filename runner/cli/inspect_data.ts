/** `medpeft inspect data DIR --format F`: sizes, splits, answer types, repetitions, leaks, and images that are missing or unused. */
import path from 'node:path';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { formatOf, openDataset, vqaItems } from '../data';
import { type Finding, lookAtRecords } from '../data/findings';
import { finding } from '../data/findings/finding';
import { type ImageFiles, imageFiles } from '../data/image_files';
import { type Overlap, overlapOf, profile, type SplitProfile } from '../data/quality';
import type { BadRecord } from '../data/types';
import type { Output } from './command';

interface Report {
  format: string;
  path: string;
  files: Record<string, string>;
  splits: Record<string, SplitProfile>;
  images: ImageFiles;
  /** What every later split has in common with the first. */
  overlaps: { from: string; to: string; overlap: Overlap }[];
  /** Of the records as they are, whether or not their images are there. */
  findings: Finding[];
  unusable: { split: string; reason: string; count: number; ids: string[] }[];
}

/** @returns 0, or 1 if there are records or images that would stop a run. */
export async function inspectData(dir: string, format: string, json: boolean, output: Output): Promise<number> {
  const report = await reportOn(dir, format);
  output.result(json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.unusable.length + report.images.unreadable.length > 0 ? 1 : 0;
}

async function reportOn(dir: string, id: string): Promise<Report> {
  const format = formatOf(id);
  const folder = path.resolve(dir);
  const settings = { format: id as DatasetSettings['format'], path: folder, on_bad_item: 'skip' } as const;
  const looked = await lookAtRecords(settings);
  const dataset = await openDataset(settings, [...looked.splits.keys()]);
  const images = await imageFiles(dataset, format.imageFolders[0]!);
  const [first, ...rest] = [...dataset.splits];
  return {
    format: id,
    path: folder,
    files: dataset.fileHashes,
    splits: Object.fromEntries([...looked.splits].map(([split, items]) => [split, profile(items)])),
    images,
    overlaps: rest.map(([to, items]) => ({
      from: first![0],
      to,
      overlap: overlapOf(vqaItems(first![1]), vqaItems(items)),
    })),
    findings: [
      ...looked.findings,
      ...finding('image_unreadable', [], images.unreadable),
      ...finding('image_unused', [], images.unused),
    ],
    unusable: countReasons(dataset.skipped),
  };
}

function countReasons(skipped: readonly BadRecord[]): Report['unusable'] {
  const reasons = new Map<string, Report['unusable'][number]>();
  for (const { split, id, reason } of skipped) {
    const key = `${split}\n${reason}`;
    const known = reasons.get(key) ?? { split, reason, count: 0, ids: [] };
    known.count++;
    known.ids.push(id);
    reasons.set(key, known);
  }
  return [...reasons.values()];
}

function textOf({ format, path: folder, splits, images, overlaps, findings, unusable }: Report): string {
  return [
    `${folder} (${format})`,
    ...Object.entries(splits).flatMap(([split, facts]) => ['', ...splitText(split, facts)]),
    '',
    'images',
    `  ${images.files} files${images.smallest ? `, ${sizeText(images.smallest)} to ${sizeText(images.largest!)}` : ''}`,
    ...listText('unused', images.unused),
    ...listText('unreadable', images.unreadable),
    ...overlaps.flatMap(({ from, to, overlap }) => ['', ...overlapText(from, to, overlap)]),
    ...(findings.length ? ['', 'findings'] : []),
    ...findings.map(findingText),
    ...(unusable.length ? ['', 'unusable records (a run stops at them, or skips them with on_bad_item: skip)'] : []),
    ...unusable.map(({ split, reason, count, ids }) => `  ${split}: ${count} × ${reason} (${some(ids)})`),
    '',
  ].join('\n');
}

const meaning = { score: 'matters for scores', training: 'matters for training', no: 'matters not' } as const;

function findingText({ code, message, matters, splits, count, of, examples }: Finding): string {
  const where = splits.length > 0 ? `${splits.join(' -> ')}: ` : '';
  return `  ${code} (${meaning[matters]}): ${where}${count}${of === undefined ? '' : ` of ${of}`} ${message} (${some(examples)}${count > examples.length ? ' …' : ''})`;
}

function splitText(split: string, facts: SplitProfile): string[] {
  const fields = Object.entries(facts.fields).filter(([name]) => name !== 'answer_type');
  return [
    split,
    `  ${facts.items} items on ${facts.images} images, ${facts.distinctAnswers} distinct answers`,
    `  words of an answer or report: ${facts.words.least} to ${facts.words.most}, median ${facts.words.median}; ${facts.words.distinct} distinct`,
    `  images of a record: ${countsText(facts.imagesPerItem)}`,
    ...(facts.distinctAnswers === 0 ? [] : answersText(facts)),
    ...fields.map(([name, counts]) => `  ${name}: ${countsText(counts)}`),
  ];
}

function answersText({ answerTypes, closedAnswers, duplicates }: SplitProfile): string[] {
  return [
    `  ${countsText(answerTypes)}; closed answers: yes ${closedAnswers.yes}, no ${closedAnswers.no}, other ${closedAnswers.other}`,
    `  repeated image + question + answer: ${duplicates.exact} as written, ${duplicates.ignoringCase} ignoring case`,
  ];
}

function overlapText(from: string, to: string, { images, questions, triplets }: Overlap): string[] {
  const text = ({ exact, ignoringCase }: Overlap['questions']) => `${exact} as written, ${ignoringCase} ignoring case`;
  return [
    `leakage from ${from} into ${to}`,
    `  images: ${images.shared} of ${images.of}`,
    `  image + question: ${text(questions)}`,
    `  image + question + answer: ${text(triplets)}`,
  ];
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function sizeText({ width, height, image }: NonNullable<ImageFiles['smallest']>): string {
  return `${width} × ${height} (${path.posix.basename(image)})`;
}

function listText(name: string, files: readonly string[]): string[] {
  return files.length ? [`  ${name}: ${files.length} (${some(files)})`] : [];
}

function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} …` : names.join(', ');
}
