/** `medpeft inspect data DIR --format F`: sizes, splits, answer types, repetitions, leaks, and images that are missing or unused. */
import path from 'node:path';
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import { vqaItems } from '../data';
import { byWeight, type Finding, lookAtRecords } from '../data/findings';
import { type ImageFacts, type ImageSize, lookAtImages } from '../data/findings/images';
import { type Overlap, overlapOf, profile, type SplitProfile } from '../data/quality';
import type { Output } from './command';

interface Report {
  format: string;
  path: string;
  /** SHA-256 by name. */
  files: Record<string, string>;
  splits: Record<string, SplitProfile>;
  images: ImageFacts;
  /** What every later split has in common with the first. */
  overlaps: { from: string; to: string; overlap: Overlap }[];
  /** Of the records as they are, whether or not their images are there. */
  findings: Finding[];
}

/** What a run stops at. */
const stopping = new Set(['record_unusable', 'image_missing', 'image_unreadable']);

/** @param imageFolder as in a spec. @returns 0, or 1 if there are records or images that would stop a run. */
export async function inspectData(
  dir: string,
  settings: Pick<DatasetSettings, 'format' | 'image_folder'>,
  json: boolean,
  output: Output,
): Promise<number> {
  const report = await reportOn({ ...settings, path: path.resolve(dir) });
  output.result(json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.findings.some(({ code }) => stopping.has(code)) ? 1 : 0;
}

async function reportOn(settings: DatasetSettings): Promise<Report> {
  const looked = await lookAtRecords(settings);
  const { images, findings } = await lookAtImages(looked);
  const [first, ...rest] = [...looked.splits];
  return {
    format: settings.format,
    path: settings.path,
    files: looked.folder.source.hashes,
    splits: Object.fromEntries([...looked.splits].map(([split, items]) => [split, profile(items)])),
    images,
    overlaps: rest.map(([to, items]) => ({
      from: first![0],
      to,
      overlap: overlapOf(vqaItems(first![1]), vqaItems(items)),
    })),
    findings: byWeight([...looked.findings, ...findings]),
  };
}

function textOf({ format, path: folder, splits, images, overlaps, findings }: Report): string {
  return [
    `${folder} (${format})`,
    ...Object.entries(splits).flatMap(([split, facts]) => ['', ...splitText(split, facts)]),
    '',
    'images',
    `  ${images.files} files, ${images.unused.length} of them not used by any record`,
    ...sizesText(images.sizes),
    ...overlaps.flatMap(({ from, to, overlap }) => ['', ...overlapText(from, to, overlap)]),
    ...(findings.length ? ['', 'findings'] : []),
    ...findings.map(findingText),
    ...(findings.some(({ code }) => stopping.has(code))
      ? ['', `a run stops at ${[...stopping].join(', ')}, or leaves such records out with on_bad_item: skip`]
      : []),
    '',
  ].join('\n');
}

const meaning = { score: 'matters for scores', training: 'matters for training', no: 'matters not' } as const;

function findingText({ code, message, matters, splits, count, of, examples }: Finding): string {
  const where = splits.length > 0 ? `${splits.join(' -> ')}: ` : '';
  return `  ${code} (${meaning[matters]}): ${where}${count}${of === undefined ? '' : ` of ${of}`} ${message} (${examples.join(', ')}${count > examples.length ? ' …' : ''})`;
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

function sizesText(sizes: ImageFacts['sizes']): string[] {
  if (!sizes) return [];
  const { smallest, largest, width, height, distinct } = sizes;
  return [`  ${distinct} sizes, ${sizeText(smallest)} to ${sizeText(largest)}; median ${width} wide, ${height} high`];
}

function sizeText({ width, height, image }: ImageSize): string {
  return `${width} × ${height} (${path.posix.basename(image)})`;
}
