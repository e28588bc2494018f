/** Chats and reports of several views with LLaVA and LLaMA, from a spec to scores: real images, random weights of a few thousand parameters. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCaptionModel, writeChatModel } from '../../fixtures/families';
import { cli } from '../../programs';
import { workspace } from '../training/tiny';

const call = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-chats-'));
const at = (...parts: string[]) => path.join(folder, ...parts);
const pictures = path.join(workspace, 'data/images');
const images = ['synpic21604.jpg', 'synpic24390.jpg'];

const exchange = (question: string, answer: string) => [
  { from: 'human', value: question },
  { from: 'gpt', value: answer },
];
const chats = [
  { id: 'one', image: images[0], conversations: exchange('<image>\nis it well?', 'yes') },
  {
    id: 'two',
    image: images[1],
    conversations: [...exchange('what is it?\n<image>', 'a lung'), ...exchange('left?', 'no')],
  },
  {
    id: 'none',
    conversations: [{ from: 'system', value: 'be brief' }, ...exchange('what is a lung?', 'no one knows')],
  },
  { id: 'both', image: images, conversations: exchange('<image>\n<image>\nis it the same?', 'no') },
];
const studies = [
  { id: 'a', images: images.join(';'), report: 'no lung' },
  { id: 'b', images: images[1], report: 'a lung' },
];

const spec = {
  version: 1,
  name: 'chats',
  models: {
    llava: { family: 'llava', path: 'llava' },
    med: { family: 'llava', path: 'llava_med', prompt_template: 'vicuna_v1' },
    llama: { family: 'llama', path: 'llama' },
  },
  datasets: {
    chats: { format: 'llava_json', path: 'chats', image_folder: pictures },
    texts: { format: 'llava_json', path: 'chats', image_folder: pictures, filter: { images: '0' } },
    studies: { format: 'table', path: 'studies', image_folder: pictures },
  },
  tasks: {
    chat: {
      type: 'instruction',
      train: ['chats/train'],
      validation: { from: 'chats/train', fraction: 0.3 },
      test: ['chats/test'],
      transfer: ['texts/test'],
      max_length: 400,
      generation: { max_new_tokens: 3 },
      metrics: ['exact_match', 'bleu_1', 'rouge_l'],
    },
    report: {
      type: 'report_generation',
      train: ['studies/train'],
      test: ['studies/train'],
      views: 'all',
      prompt: 'what do you see?',
      generation: { max_new_tokens: 3 },
      metrics: ['bleu_1', 'rouge_l'],
    },
  },
  parameter_groups: { norms: { kind: 'layernorm' } },
  adapters: { low: { type: 'lora', rank: 2, targets: ['query', 'value'] } },
  methods: { norms: { components: { vision_encoder: 'norms', text: ['norms', 'low'] }, learning_rate: 0.01 } },
  overrides: [{ model: ['med', 'llama'], components: { vision_encoder: 'frozen' } }],
  exclude: [{ model: 'llama', task: 'report', reason: 'it sees nothing' }],
  training: { max_steps: 3, batch_size: 4 },
  runtime: { device: 'cpu', threads: 1, output_dir: 'runs' },
};

beforeAll(() => {
  for (const name of ['llava', 'llava_med', 'llama'] as const) writeChatModel(at(name), name);
  for (const name of ['chats', 'studies']) mkdirSync(at(name));
  writeFileSync(at('chats/train.json'), JSON.stringify(chats));
  writeFileSync(at('chats/test.json'), JSON.stringify(chats));
  writeFileSync(at('studies/train.jsonl'), studies.map((study) => JSON.stringify(study)).join('\n'));
  writeFileSync(at('x.medpeft.json'), JSON.stringify(spec));
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Line {
  id: string;
  question: string;
  reference: string;
  image?: string;
  fields: Record<string, string>;
}

async function run(model: string, task: string, file = 'x.medpeft.json') {
  const { stdout } = await call(process.execPath, [cli, 'run', at(file), '--model', model, '--task', task, '--json']);
  const [one] = (JSON.parse(stdout) as { runs: { folder: string; status: string }[] }).runs;
  expect(one!.status).toBe('finished');
  const read = (name: string) => readFileSync(path.join(one!.folder, name), 'utf8');
  const lines = (name: string) =>
    read(name)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  return { result: JSON.parse(read('result.json')), lines, events: read('events.jsonl') };
}

describe.each(Object.keys(spec.models))('%s', (model) => {
  it('learns chats whole, and is scored on each of their answers', async () => {
    const { result, lines, events } = await run(model, 'chat');
    const scored = lines('predictions/test-chats-test.jsonl');
    expect(scored.map(({ id, question, reference }) => [id, question, reference])).toEqual([
      ['one', 'is it well?', 'yes'],
      ['two#1', 'what is it?', 'a lung'],
      ['two#2', 'left?', 'no'],
      ['none', 'what is a lung?', 'no one knows'],
      ['both', 'is it the same?', 'no'],
    ]);
    expect(scored.map(({ fields }) => fields.turn)).toEqual(['1', '1', '2', '1', '1']);
    expect(lines('predictions/transfer-texts-test.jsonl').map(({ id, image }) => [id, image])).toEqual([
      ['none', undefined],
    ]);
    expect(result.metrics['chats/test'].rouge_l.n).toBe(5);
    expect(Object.keys(result.baselines)).toEqual(['constant_answer', 'majority_per_type', 'question_only']);
    expect(Object.keys(result.controls.blank_image.metrics)).toEqual(['chats/test']);
    expect(/do(es)? not see/.test(events)).toBe(model === 'llama');
  });
});

it('plans each model on each task and shows what it is asked', async () => {
  const { stdout } = await call(process.execPath, [cli, 'plan', at('x.medpeft.json'), '--json']);
  const { runs, prompts } = JSON.parse(stdout) as { runs: unknown[]; prompts: Record<string, string>[] };
  expect(runs).toHaveLength(5);
  expect(prompts.map(({ model, task, template, item }) => [model, task, template, item])).toEqual([
    ['llava', 'chat', 'mistral_instruct', 'chats/train#one'],
    ['llava', 'report', 'mistral_instruct', 'studies/train#a'],
    ['med', 'chat', 'vicuna_v1', 'chats/train#one'],
    ['med', 'report', 'vicuna_v1', 'studies/train#a'],
    ['llama', 'chat', 'plain', 'chats/train#one'],
  ]);
  expect(prompts[1]).toMatchObject({ prompt: '[INST] <image>\n<image>\nwhat do you see? [/INST]', answer: 'no lung' });
  expect(prompts[4]).toMatchObject({ prompt: 'is it well?\n', answer: 'yes' });
  const { stdout: text } = await call(process.execPath, [cli, 'plan', at('x.medpeft.json')]);
  expect(text).toContain('  | [INST] <image>\n  | is it well? [/INST] → yes\n');
});

it('refuses chats that lose every answer, and models that read none, by name', async () => {
  const broken = { ...spec, tasks: { chat: { ...spec.tasks.chat, max_length: 8 } }, exclude: [] };
  writeFileSync(at('short.medpeft.json'), JSON.stringify(broken));
  const refused = (file: string, ...more: string[]) =>
    call(process.execPath, [cli, ...more, at(file), '--model', 'llava']).catch(
      ({ stderr }: { stderr: string }) => stderr,
    );
  expect(await refused('short.medpeft.json', 'run')).toMatch(
    /MP2006.*no answer of the chat chats\/train#one begins within 8 tokens[\s\S]*raise max_length/,
  );
  writeCaptionModel(at('caption'));
  const caption = { family: 'blip_caption', path: 'caption' };
  writeFileSync(at('caption.medpeft.json'), JSON.stringify({ ...broken, models: { llava: caption }, overrides: [] }));
  expect(await refused('caption.medpeft.json', 'run')).toMatch(
    /MP1106.*chats with the family "blip_caption" of "llava" are not supported/,
  );
});

it('learns from texts alone with a model that sees', async () => {
  const chat = { ...spec.tasks.chat, train: ['texts/train'], validation: undefined };
  writeFileSync(at('texts.medpeft.json'), JSON.stringify({ ...spec, tasks: { chat }, exclude: [] }));
  const { result } = await run('llava', 'chat', 'texts.medpeft.json');
  expect(result.steps).toBe(3);
});

it.each(['llava', 'med'])('%s writes reports from all views, however many a study has', async (model) => {
  const { result, lines } = await run(model, 'report');
  expect(lines('predictions/test-studies-train.jsonl').map(({ id }) => id)).toEqual(['a', 'b']);
  expect(result.metrics['studies/train'].bleu_1.n).toBe(2);
});
