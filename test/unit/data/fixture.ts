/** A small data set on disk, and its items without one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { expect, onTestFinished } from 'vitest';
import type { TaskItem } from '../../../runner/data';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a MedpeftError must be like. */
export function failure(code: string, message: RegExp): unknown {
  return expect.objectContaining({ name: 'MedpeftError', code, message: expect.stringMatching(message) });
}

export function record(qid: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    qid,
    image_name: 'a.png',
    image_organ: 'HEAD',
    answer: 'Yes',
    answer_type: 'CLOSED',
    question_type: 'PRES',
    question: `Is it ${qid}?`,
    phrase_type: 'freeform',
    ...changes,
  };
}

/** A VQA-RAD folder with images a.png and b.png. `train` and `test` are records, or the file's text. */
export async function writeVqaRad(train: unknown[] | string | Buffer, test: unknown[] | string = [record(900)]) {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'images'));
  for (const [name, level] of [
    ['a', 50],
    ['b', 200],
  ] as const)
    await writePng(path.join(folder, 'images', `${name}.png`), level);
  const text = (records: unknown[] | string | Buffer) =>
    Array.isArray(records) ? JSON.stringify(records, null, 2) : records;
  writeFileSync(path.join(folder, 'trainset.json'), text(train));
  writeFileSync(path.join(folder, 'testset.json'), text(test));
  return folder;
}

export function writePng(file: string, level: number, width = 6, height = 4): Promise<unknown> {
  return sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } })
    .png()
    .toFile(file);
}

/** Items 0 … n-1, `perImage` questions to an image. */
export function taskItems(n: number, perImage = 1): TaskItem[] {
  return Array.from({ length: n }, (_, i) => {
    const image = `images/${Math.floor(i / perImage)}.png`;
    return {
      id: String(i),
      image,
      imageFile: `/data/${image}`,
      dataset: 'rad',
      split: 'rad/train',
      question: `question ${i}?`,
      answer: i % 2 ? 'yes' : 'no',
      answerType: 'closed',
      fields: {},
    };
  });
}

/** A PNG signature, an IHDR chunk that claims 100,000 × 100,000 pixels, and nothing else. */
export function writeHugePng(file: string): void {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452000186a0000186a00800000000', 'hex');
  const chunk = Buffer.concat([header, Buffer.alloc(4)]);
  chunk.writeUInt32BE(crc32(chunk.subarray(12, 29)), 29);
  writeFileSync(file, Buffer.concat([chunk, Buffer.from('0000000049444154', 'hex'), Buffer.alloc(4)]));
}
