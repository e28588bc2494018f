/**
 * Makes the small reports of examples/paper from the demo's VQA-RAD (CC0): up to three questions with their answers, strung together, for each image. They
 * have the shape of a report task and nothing of a report's content. `node dist/scripts/make-paper-example.js`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../runner/plan/identity';

interface Question {
  image_name: string;
  image_organ: string;
  question: string;
  answer: string | number;
  phrase_type: string;
}

const data = 'examples/vqa-rad/data';
const out = 'examples/paper/small/reports';
const perReport = 3;

const questions = JSON.parse(readFileSync(path.join(data, 'trainset.json'), 'utf8')) as Question[];
const byImage = new Map<string, Question[]>();
for (const question of questions.filter(({ phrase_type }) => phrase_type === 'freeform')) {
  const known = byImage.get(question.image_name);
  if (known) known.push(question);
  else byImage.set(question.image_name, [question]);
}

/** By the name of the image: of ten, seven to train on, one to choose on, two to test on. */
function splitOf(image: string): string {
  const tenth = Number.parseInt(sha256(image).slice(0, 8), 16) % 10;
  return tenth < 7 ? 'train' : tenth < 8 ? 'val' : 'test';
}

const plain = (text: string | number) =>
  String(text)
    .replace(/\s+/g, ' ')
    .replace(/[?.\s]+$/, '')
    .trim();
const field = (text: string) => `"${text.replaceAll('"', '""')}"`;

const splits = new Map<string, string[]>();
for (const [image, asked] of [...byImage].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const organ = asked[0]!.image_organ.toLowerCase();
  const split =
    organ === 'head' ? splitOf(image) : organ === 'chest' && splitOf(image) === 'test' ? 'chest' : undefined;
  if (!split) continue;
  const findings = asked
    .slice(0, perReport)
    .map(({ question, answer }) => `${plain(question)}: ${plain(answer)}.`)
    .join(' ');
  const rows = splits.get(split) ?? ['id,image,findings'];
  rows.push([image.replace('.jpg', ''), image, field(findings)].join(','));
  splits.set(split, rows);
}
for (const [split, rows] of splits) {
  writeFileSync(path.join(out, `${split}.csv`), `${rows.join('\n')}\n`);
  console.log(`${split}: ${rows.length - 1}`);
}
