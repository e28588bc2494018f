/** Every model family that is not in the demo, from a spec to scores: real questions and images, random weights of a few thousand parameters. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRuns } from '../../../runner/plan';
import { budgetOf } from '../../../runner/plan/memory_budget';
import { loadSpec } from '../../../runner/spec';
import { writeCaptionModel, writeChatModel } from '../../fixtures/families';
import { cli } from '../../programs';
import { workspace } from '../training/tiny';

const call = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-families-'));
const file = path.join(folder, 'x.medpeft.json');

const spec = {
  version: 1,
  name: 'families',
  models: {
    llava: { family: 'llava', path: 'llava' },
    med: { family: 'llava', path: 'llava_med', prompt_template: 'vicuna_v1' },
    llama: { family: 'llama', path: 'llama' },
    caption: { family: 'blip_caption', path: 'caption' },
  },
  datasets: { rad: { format: 'vqa_rad', path: path.join(workspace, 'data') } },
  tasks: {
    vqa: {
      type: 'vqa',
      train: ['rad/train'],
      test: ['rad/test'],
      max_question_tokens: 12,
      generation: { num_beams: 2, max_new_tokens: 3 },
      metrics: ['exact_match'],
    },
  },
  parameter_groups: { norms: { kind: 'layernorm' } },
  adapters: {
    low: { type: 'lora', rank: 2, targets: ['query', 'value', 'ffn_output'] },
    prefix: { type: 'prefix', num_virtual_tokens: 2 },
    prompt: { type: 'prompt', num_virtual_tokens: 2 },
  },
  methods: {
    norms: { components: { text: ['norms', 'low'] }, learning_rate: 0.01 },
    prefix: { components: { text: 'prefix' }, learning_rate: 0.01 },
    prompt: { components: { text: 'prompt' }, learning_rate: 0.01 },
  },
  training: { max_steps: 3, batch_size: 4 },
  runtime: { device: 'cpu', threads: 1, output_dir: 'runs' },
};

beforeAll(() => {
  writeChatModel(path.join(folder, 'llava'), 'llava');
  writeChatModel(path.join(folder, 'llava_med'), 'llava_med');
  writeChatModel(path.join(folder, 'llama'), 'llama');
  writeCaptionModel(path.join(folder, 'caption'));
  writeFileSync(file, JSON.stringify(spec));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.keys(spec.models))('%s', (model) => {
  it('trains by every sort of method, generates and is scored', async () => {
    const { stdout } = await call(process.execPath, [cli, 'run', file, '--model', model, '--json']);
    const { runs } = JSON.parse(stdout) as { runs: { id: string; folder: string; status: string }[] };
    expect(runs.map(({ status }) => status)).toEqual(Array(3).fill('finished'));
    for (const { folder: run } of runs) {
      const events = readFileSync(path.join(run, 'events.jsonl'), 'utf8').trim().split('\n');
      const losses = events
        .map((line) => JSON.parse(line))
        .flatMap(({ type, loss }) => (type === 'step' ? [loss] : []));
      expect(losses.every((loss) => loss > 0 && loss < 20)).toBe(true);
      expect(losses.length).toBeGreaterThan(0);
      const [predictions] = readdirSync(path.join(run, 'predictions')).filter((name) => name.includes('test'));
      const lines = readFileSync(path.join(run, 'predictions', predictions!), 'utf8')
        .trim()
        .split('\n');
      expect(lines.length).toBeGreaterThan(5);
    }
  });
});

it('a run that may not hold its weights ends with the same bytes', async () => {
  const filter = { model: 'llava', methods: ['norms'] };
  const [run] = (await planRuns(loadSpec(file), filter)).runs;
  const memory = Math.ceil(run!.memory!.leastBytes);
  expect(budgetOf({ ...run!, runtime: { ...run!.runtime, memory } })).toEqual({
    keptBytes: expect.any(Number),
    residentBytes: 0,
  });
  const small = path.join(folder, 'small.medpeft.json');
  writeFileSync(small, JSON.stringify({ ...spec, runtime: { ...spec.runtime, memory, output_dir: 'small' } }));
  for (const one of [file, small])
    await call(process.execPath, [cli, 'run', one, '--model', 'llava', '--method', 'norms', '--json']);
  const [whole, streamed] = ['runs', 'small'].map((dir) =>
    readFileSync(path.join(folder, dir, run!.id, 'adapter/delta.safetensors')),
  );
  expect(streamed!.equals(whole!)).toBe(true);
});

it('a quantised copy of a model: what it changes is told, and runs use it', async () => {
  const to = path.join(folder, 'eight');
  const words = ['quantize', file, '--model', 'llava', '--to', to, '--bits', '8', '--json'];
  const { stdout } = await call(process.execPath, [cli, ...words]);
  const { bytes, items, loss, logits } = JSON.parse(stdout);
  expect(bytes.after).toBeLessThan(bytes.before);
  expect(items).toBe(8);
  expect(loss.after).not.toBe(loss.before);
  expect(Math.abs(loss.after - loss.before)).toBeLessThan(0.05);
  expect(logits.meanDifference).toBeGreaterThan(0);
  expect(logits.largestDifference).toBeLessThan(0.1 * logits.largest);
  expect(logits.sameTop).toBeGreaterThan(0.9);
  const eight = path.join(folder, 'eight.medpeft.json');
  writeFileSync(eight, JSON.stringify({ ...spec, models: { eight: { family: 'llava', path: 'eight' } } }));
  const run = await call(process.execPath, [cli, 'run', eight, '--method', 'prompt', '--json']);
  expect(JSON.parse(run.stdout).runs[0].status).toBe('finished');
});
