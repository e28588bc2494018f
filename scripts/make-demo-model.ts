/**
 * npm run make-demo-model: makes examples/vqa-rad/model, the demo's base model, with the project's own tokenizer trainer and engine.
 * It can be stopped and started again; the same machine gives the same bytes. What it has seen stands in examples/vqa-rad/model/README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { readHeader, readTensor, writeSafetensors } from '../runner/models/safetensors';
import { clozeRecords } from './demo_model/cloze';
import { initialTensors, networkConfig, preprocessor } from './demo_model/network';
import { tokenizerConfig, tokenizerJson, trainWordPiece } from './demo_model/wordpiece';

const SEED = 0;
const VOCABULARY = 1500;
const BUDGET_BYTES = 8_000_000;

const demo = path.resolve(import.meta.dirname, '../../examples/vqa-rad');
const work = path.join(demo, 'work');
const initial = path.join(work, 'initial');
const model = path.join(demo, 'model');
const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];

/** Upstream: questions on chest and abdomen; no image and no answer of a head. */
const upstream = {
  version: 1,
  name: 'demo-upstream',
  models: { initial: { family: 'blip_vqa', path: 'initial' } },
  datasets: {
    rad: { format: 'vqa_rad', path: '../data', filter: { image_organ: ['CHEST', 'ABD'] } },
    words: { format: 'vqa_rad', path: 'words' },
  },
  tasks: {
    upstream: {
      type: 'vqa',
      train: ['rad/train', 'words/train'],
      validation: { from: 'rad/train', fraction: 0.1, by: 'image', seed: 0 },
      loss: 'miss',
      label_smoothing: 0,
      metrics: ['exact_match', 'closed_accuracy', 'open_accuracy'],
      select_by: 'exact_match',
      max_question_tokens: 40,
      max_answer_tokens: 32,
    },
  },
  methods: { full: { components: { '*': 'all' }, learning_rate: 3e-4 } },
  training: { num_epochs: 14, batch_size: 16, batching: 'by_image', logging_steps: 10 },
  seeds: [SEED],
  runtime: { threads: 1 },
};

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
interface Question {
  question: string;
  answer: string | number;
}

/** Tokenizer, configuration and random weights. Equal input gives equal bytes, so that a run which used them goes on. */
async function prepare(): Promise<void> {
  const questions: Question[] = JSON.parse(readFileSync(path.join(demo, 'data/trainset.json'), 'utf8'));
  const vocabulary = trainWordPiece(
    questions.flatMap(({ question, answer }) => [question, String(answer)]),
    VOCABULARY,
  );
  const config = networkConfig(vocabulary.length);
  for (const folder of [initial, path.join(work, 'words/images')]) mkdirSync(folder, { recursive: true });
  const contents = [config, tokenizerJson(vocabulary), tokenizerConfig, preprocessor];
  for (const [i, name] of files.entries()) writeFileSync(path.join(initial, name), json(contents[i]));
  writeSafetensors(path.join(initial, 'model.safetensors'), initialTensors(config, SEED));
  writeFileSync(path.join(work, 'words/trainset.json'), json(clozeRecords(questions, SEED)));
  const grey = Math.round(255 * preprocessor.image_mean[0]!);
  const blank = { width: 64, height: 64, channels: 3 as const, background: { r: grey, g: grey, b: grey } };
  await sharp({ create: blank }).png().toFile(path.join(work, 'words/images/blank.png'));
  writeFileSync(path.join(work, 'upstream.medpeft.json'), json(upstream));
}

/** Runs the spec, or goes on with it. Ctrl-C reaches the run by itself; whoever ends this program ends the run with it. */
async function train(): Promise<void> {
  const cli = path.resolve(import.meta.dirname, '../cli.js');
  const child = spawn(process.execPath, [cli, 'run', path.join(work, 'upstream.medpeft.json')], { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill());
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error('training did not finish; start again to go on from where it stopped');
}

/** The finished run of this very upstream: its folder's name ends in a hash of all it used, so the newest is the one. */
function finishedRun(): string {
  const runs = path.join(work, 'runs');
  const finished = readdirSync(runs)
    .map((name) => path.join(runs, name, 'result.json'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!finished[0]) throw new Error(`no finished run in ${runs}`);
  return path.dirname(finished[0]);
}

/** Everything was trained: the best checkpoint's tensors are the model. */
function exportModel(run: string): void {
  const header = readHeader(path.join(run, 'adapter/delta.safetensors'));
  const tensors = new Map(
    [...header.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(header, name) }]),
  );
  mkdirSync(model, { recursive: true });
  for (const name of files) copyFileSync(path.join(initial, name), path.join(model, name));
  const part = path.join(model, 'model.safetensors.part');
  writeSafetensors(part, tensors, { dtype: 'F16' });
  renameSync(part, path.join(model, 'model.safetensors'));
  const bytes = statSync(path.join(model, 'model.safetensors')).size;
  if (bytes > BUDGET_BYTES) throw new Error(`the weights have ${bytes} bytes, more than ${BUDGET_BYTES}`);
  const { validation, seconds, best_step } = JSON.parse(readFileSync(path.join(run, 'result.json'), 'utf8'));
  console.log(
    `${model}: ${bytes} bytes, ${Math.round(seconds)} s, best step ${best_step}, validation ${JSON.stringify(validation)}`,
  );
}

async function main(): Promise<void> {
  await prepare();
  await train();
  exportModel(finishedRun());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
