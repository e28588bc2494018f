/** Adapters in and out by the command line: what is exported computes what the run computed, read as an adapter or as plain weights. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../programs';
import { temporaryFolder } from '../runs/fixture';
import { workspace } from '../training/tiny';

function medpeft(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const text = (name: string | string[]) => ({ components: { text: name }, learning_rate: 0.05 });

/** A copy of the tiny workspace with these methods, and what one run of them answered. */
function trained(adapters: object, method: object) {
  const folder = temporaryFolder();
  cpSync(workspace, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
  const spec = path.join(folder, 'out.medpeft.json');
  const write = (model: string, methods: object, output: string) =>
    writeFileSync(
      spec,
      JSON.stringify({
        extends: 'tiny.medpeft.json',
        models: { tiny: { family: 'blip_vqa', path: model, normalization: 'clip' } },
        adapters,
        methods,
        expect: [],
        training: { max_steps: 12, batch_size: 8, eval_steps: 6 },
        runtime: { backend: 'onnxruntime', device: 'cpu', threads: 1, output_dir: output },
      }),
    );
  const run = (method: string, output: string) => {
    const { code, err } = medpeft('run', spec, '--method', method);
    expect(err).toMatch(/finished/);
    expect(code).toBe(0);
    const runs = path.join(folder, output);
    return path.join(runs, readdirSync(runs).find((name) => name.includes(`--${method}--`))!);
  };
  write('model', { base: {}, layernorm: {}, lora: {}, method }, 'runs');
  const of = run('method', 'runs');
  return { folder, run: of, answers: answersOf(of), write, again: run };
}

function answersOf(run: string): string[] {
  const file = readdirSync(path.join(run, 'predictions')).find((name) => name.startsWith('test'))!;
  const lines = readFileSync(path.join(run, 'predictions', file), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as { prediction: string }).prediction);
}

const metricsOf = (json: string) => (JSON.parse(json) as { metrics: object }).metrics;

describe('an exported adapter', () => {
  it.each([
    ['lora', { chosen: { type: 'lora', rank: 2, targets: ['query', 'value', 'ffn_input'] } }],
    ['dora', { chosen: { type: 'lora', rank: 2, targets: ['query'], use_dora: true } }],
    ['ia3', { chosen: { type: 'ia3', targets: ['key', 'value', 'ffn_output'] } }],
    ['prefix', { chosen: { type: 'prefix', num_virtual_tokens: 2, projection: true, projection_size: 4 } }],
  ])('%s scores as its run did', (type, adapters) => {
    const method = type === 'prefix' ? { components: { text_decoder: 'chosen' }, learning_rate: 0.05 } : text('chosen');
    const { folder, run } = trained(adapters, method);
    const to = path.join(folder, 'exported');
    expect(medpeft('export-adapter', run, '--to', to)).toMatchObject({ code: 0, out: `${path.join(to, 'chosen')}\n` });
    expect(existsSync(path.join(run, 'adapter', 'chosen', 'adapter_config.json'))).toBe(true);
    const own = medpeft('evaluate', run, '--json');
    const read = medpeft('evaluate', run, '--adapter', path.join(to, 'chosen'), '--json');
    expect(read.code).toBe(0);
    expect(metricsOf(read.out)).toEqual(metricsOf(own.out));
    const told = medpeft('import-adapter', path.join(to, 'chosen'), '--model', path.join(folder, 'model'), '--json');
    expect(JSON.parse(told.out)).toMatchObject({ family: 'blip_vqa', parameters: { percent: expect.any(Number) } });
  });

  it('merged gives the same answers as plain weights', () => {
    const adapters = {
      low: { type: 'lora', rank: 2, targets: ['query', 'patch_embedding'], use_dora: true },
      scales: { type: 'ia3', targets: ['key', 'value', 'ffn_output'] },
    };
    const components = { vision_encoder: ['norms', 'low'], text: ['norms', 'low', 'scales'] };
    const { folder, run, answers, write, again } = trained(adapters, { components, learning_rate: 0.005 });
    const to = path.join(folder, 'merged');
    expect(medpeft('export-adapter', run, '--merged', '--to', to).code).toBe(0);
    write('merged', { base: {}, layernorm: {}, lora: {}, plain: {} }, 'merged-runs');
    expect(answersOf(again('plain', 'merged-runs'))).toEqual(answers);
    expect(new Set(answers).size).toBeGreaterThan(1);
    const twice = medpeft('export-adapter', run, '--merged', '--to', to);
    expect(twice).toMatchObject({ code: 1, err: expect.stringMatching(/MP4001.*not empty/) });
  });
});

describe('what cannot be exported', () => {
  it('is left out by name, or refused', () => {
    const adapters = { beside: { type: 'parallel', bottleneck_size: 2 } };
    const components = { vision_encoder: 'norms', text: 'beside' };
    const { folder, run } = trained(adapters, { components, learning_rate: 0.05 });
    const exported = medpeft('export-adapter', run, '--to', path.join(folder, 'exported'));
    expect(exported).toMatchObject({ code: 0, err: expect.stringMatching(/beside is left out: PEFT has no parallel/) });
    expect(readdirSync(path.join(folder, 'exported'))).toEqual(['norms']);
    const merged = medpeft('export-adapter', run, '--merged', '--to', path.join(folder, 'merged'));
    expect(merged).toMatchObject({ code: 1, err: expect.stringMatching(/MP1106.*"beside" cannot be merged/) });
    expect(existsSync(path.join(folder, 'merged'))).toBe(false);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    ['no PEFT folder', () => {}, /MP3007/],
    [
      'another type',
      (folder) => writeFileSync(path.join(folder, 'adapter_config.json'), '{"peft_type": "BOFT"}'),
      /MP1106.*BOFT[\s\S]*LORA/,
    ],
  ])('%s is not imported', (_name, prepare, says) => {
    const folder = temporaryFolder();
    prepare(folder);
    const { code, err } = medpeft('import-adapter', folder, '--model', path.join(workspace, 'model'));
    expect(code).toBe(1);
    expect(err).toMatch(says);
  });
});
