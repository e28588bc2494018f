/** Small random models of every family, and a few questions, reports and chats on real images, for the cells of the support table. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Model, Runtime, Spec, Task } from '../../schemas/generated/spec';
import { writeCaptionModel, writeChatModel, writeMissModel } from '../../test/fixtures/families';
import { methods } from './methods';

const fixtures = path.resolve('test/fixtures/workspace');

export type FamilyName = Model['family'];
export type Backend = Required<Pick<Runtime, 'backend' | 'device'>>;

/** Family -> writes a model of it. */
const writers: Readonly<Record<FamilyName, (folder: string) => void>> = {
  blip_vqa: (folder) => cpSync(path.join(fixtures, 'model'), folder, { recursive: true }),
  miss: writeMissModel,
  blip_caption: writeCaptionModel,
  llava: (folder) => writeChatModel(folder, 'llava'),
  llama: (folder) => writeChatModel(folder, 'llama'),
};

export const familyNames = Object.keys(writers) as FamilyName[];

/** Every step sees all of the items: the loss of a step tells of the steps before it alone. */
const items = { train: 8, test: 4 };

const common = { train: ['data/train'], test: ['data/test'], generation: { num_beams: 1, max_new_tokens: 3 } } as const;
const tasks: Readonly<Record<Task['type'], Task>> = {
  vqa: {
    ...common,
    type: 'vqa',
    train: ['data/train'],
    test: ['data/test'],
    max_question_tokens: 12,
    metrics: ['exact_match'],
  },
  report_generation: {
    ...common,
    type: 'report_generation',
    train: ['reports/train'],
    test: ['reports/test'],
    prompt: 'report',
    max_report_tokens: 12,
    metrics: ['bleu_4'],
  },
  instruction: {
    ...common,
    type: 'instruction',
    train: ['chats/train'],
    test: ['chats/test'],
    max_length: 200,
    metrics: ['exact_match'],
  },
};

export const taskNames = Object.keys(tasks) as Task['type'][];

/** Writes models and data under `folder`. */
export function furnish(folder: string): void {
  for (const [family, write] of Object.entries(writers)) write(path.join(folder, family));
  const data = path.join(folder, 'data');
  cpSync(path.join(fixtures, 'data/images'), path.join(data, 'images'), { recursive: true });
  const records = (name: string) =>
    JSON.parse(readFileSync(path.join(fixtures, 'data', name), 'utf8')) as Record<string, string>[];
  const [train, test] = [records('trainset.json').slice(0, items.train), records('testset.json').slice(0, items.test)];
  writeFileSync(path.join(data, 'trainset.json'), JSON.stringify(train));
  writeFileSync(path.join(data, 'testset.json'), JSON.stringify(test));
  const report = ({ qid, image_name, question }: Record<string, string>) => ({
    id: String(qid),
    report: question,
    image_path: [image_name],
  });
  const chat = ({ qid, image_name, question, answer }: Record<string, string>) => ({
    id: String(qid),
    image: image_name,
    conversations: [
      { from: 'human', value: `<image>\n${question}` },
      { from: 'gpt', value: answer },
    ],
  });
  for (const name of ['reports', 'chats']) {
    mkdirSync(path.join(folder, name));
    cpSync(path.join(data, 'images'), path.join(folder, name, 'images'), { recursive: true });
  }
  writeFileSync(path.join(folder, 'chats/train.json'), JSON.stringify(train.map(chat)));
  writeFileSync(path.join(folder, 'chats/test.json'), JSON.stringify(test.map(chat)));
  writeFileSync(
    path.join(folder, 'reports/annotation.json'),
    JSON.stringify({ train: train.map(report), val: [], test: test.map(report) }),
  );
}

/** The spec of one cell; names are such that reasons can be read. */
export function specOf(task: Task['type'], method: string, family: FamilyName, backend: Backend): Spec {
  const tried = methods[method]!;
  const name = tried === 'all' ? 'all' : method.replaceAll(/\W+/g, '_');
  return {
    version: 1,
    name: 'support',
    models: { [family]: { family, path: family } },
    datasets: {
      data: { format: 'vqa_rad', path: 'data' },
      reports: { format: 'r2gen', path: 'reports' },
      chats: { format: 'llava_json', path: 'chats' },
    },
    tasks: { [task]: tasks[task] },
    ...(tried !== 'all' && 'group' in tried && { parameter_groups: { [name]: tried.group } }),
    ...(tried !== 'all' && 'adapter' in tried && { adapters: { [name]: tried.adapter } }),
    methods: { tried: { components: { '*': name }, learning_rate: 0.01 } },
    training: { max_steps: 4, batch_size: items.train, save_steps: 2, lr_scheduler: 'constant', warmup_ratio: 0 },
    runtime: { ...backend, threads: 1 },
  };
}
