/**
 * What reading a large data set keeps in memory: `npm run bench -- data [RECORDS]`. Writes files of so many records (default: a million), reads them
 * record by record as a run does, and measures the heap after collecting garbage at every tenth. Ends with 1 above 64 bytes a record.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openFolder, readSplit } from '../runner/data/read_split';
import type { Dataset } from '../schemas/generated/spec';

const limit = 64;

interface Kind {
  format: Dataset['format'];
  split: string;
  file: string;
  /** The file's text, in pieces. */
  text(records: number): Iterable<string>;
}

function* lines(records: number, head: string, line: (i: number) => string, tail = ''): Generator<string> {
  yield head;
  for (let i = 0; i < records; i++) yield line(i);
  yield tail;
}

const question = (i: number) => `Is there an opacity in the left lower lobe of patient ${i}?`;
const vqaRad = (i: number) =>
  JSON.stringify({
    qid: i,
    image_name: `synpic${i % 1000}.jpg`,
    image_organ: 'CHEST',
    answer: i % 2 ? 'yes' : 'no',
    answer_type: 'CLOSED',
    question_type: 'PRES',
    question: question(i),
    phrase_type: 'freeform',
  });

const kinds: readonly Kind[] = [
  {
    format: 'table',
    split: 'train',
    file: 'train.csv',
    text: (n) =>
      lines(n, 'image,question,answer\n', (i) => `images/${i}.png,"${question(i)}",${i % 2 ? 'yes' : 'no'}\n`),
  },
  {
    format: 'table',
    split: 'train',
    file: 'train.jsonl',
    text: (n) =>
      lines(n, '', (i) => `${JSON.stringify({ image: `images/${i}.png`, question: question(i), answer: 'yes' })}\n`),
  },
  {
    format: 'vqa_rad',
    split: 'train',
    file: 'trainset.json',
    text: (n) => lines(n, '[', (i) => `${i ? ',' : ''}${vqaRad(i)}`, ']'),
  },
];

/** Bytes alive on the heap and outside of it. */
function alive(): number {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure(kind: Kind, records: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-bench-'));
  try {
    await pipeline(Readable.from(kind.text(records)), createWriteStream(path.join(folder, kind.file)));
    const opened = await openFolder({ format: kind.format, path: folder });
    const started = performance.now();
    const before = alive();
    let [read, most] = [0, 0];
    for await (const record of readSplit(opened, kind.split)) {
      if ('bad' in record) throw new Error(`${kind.file}: ${record.bad.id}: ${record.bad.reason}`);
      if (++read % Math.ceil(records / 10) === 0) most = Math.max(most, alive() - before);
    }
    if (read !== records) throw new Error(`${kind.file}: ${read} of ${records} records were read`);
    const each = most / records;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `${kind.format} ${kind.file}: ${read} records, ${each.toFixed(1)} bytes a record, ${seconds} s\n`,
    );
    return each;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const records = Number(process.argv[2] ?? 1_000_000);
  for (const kind of kinds) if ((await measure(kind, records)) > limit) process.exitCode = 1;
}

void main();
