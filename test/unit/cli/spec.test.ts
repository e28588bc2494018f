// `validate`, `plan` and `inspect model`: exit codes, and one JSON object of the agreed shape.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { inspect } from '../../../runner/cli/inspect';
import { plan } from '../../../runner/cli/plan';
import { runProgram } from '../../../runner/cli/program';
import { validate } from '../../../runner/cli/validate';
import { makeWorkspace, spec } from '../plan/workspace';

const specs = path.resolve(import.meta.dirname, '../../fixtures/specs');

async function medpeft(...words: string[]) {
  let out = '';
  let log = '';
  const code = await runProgram([validate, plan, inspect], '0', words, {
    result: (line) => (out += line),
    log: (line) => (log += line),
  });
  return { code, out, log };
}

it('validate: 0 for warnings, 1 for errors, with LSP ranges', async () => {
  const good = await medpeft('validate', path.join(specs, 'good/minimal.medpeft.json'), '--json');
  expect([good.code, JSON.parse(good.out)]).toMatchObject([
    0,
    { valid: true, diagnostics: [{ code: 'MP1107', severity: 'warning' }] },
  ]);
  const file = path.join(specs, 'bad/structure.medpeft.json');
  const bad = await medpeft('validate', file, '--json');
  expect([bad.code, JSON.parse(bad.out)]).toMatchObject([1, { file, valid: false }]);
  expect(JSON.parse(bad.out).diagnostics[0]).toEqual({
    code: 'MP1002',
    severity: 'error',
    message: 'unknown key "nme"',
    hint: 'did you mean "name"?',
    path: ['nme'],
    range: { start: { line: 2, character: 3 }, end: { line: 2, character: 6 } },
    suggestion: 'name',
  });
});

it('validate as text names file, line and column from 1', async () => {
  const { code, out } = await medpeft('validate', path.join(specs, 'bad/cycle.medpeft.json'));
  expect(code).toBe(1);
  expect(out).toMatch(
    /cycle\.medpeft\.json:1:\d+ {2}error MP1008 .*\n {4}name a spec.*\n.* is not valid: 1 error, 0 warnings\n$/,
  );
});

it('validate of a file that is not there is an error of the work, not of the usage', async () => {
  const { code, out } = await medpeft('validate', '/nowhere.medpeft.json', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([1, { valid: false, diagnostics: [{ code: 'MP1007' }] }]);
  expect((await medpeft('validate')).code).toBe(2);
});

it('plan: the runs with what they train; time is not made up', async () => {
  const { folder } = makeWorkspace();
  const file = path.join(folder, 'x.medpeft.json');
  // where none is named, devices compete in a program that is bundled
  writeFileSync(file, JSON.stringify({ ...spec, runtime: { device: 'cpu' } }));
  const { code, out } = await medpeft('plan', file, '--json');
  const { runs, excluded } = JSON.parse(out);
  expect([code, runs.length, excluded]).toEqual([0, 3, []]);
  expect(runs[1]).toEqual({
    id: expect.stringMatching(/^tiny--vqa--layernorm--seed0--[0-9a-f]{10}$/),
    model: 'tiny',
    task: 'vqa',
    method: 'layernorm',
    grid: 'layernorm',
    seed: 0,
    sweep: {},
    untuned: false,
    tests: ['rad/test'],
    parameters: {
      trainable: 960,
      added: 0,
      base_total: 44_732,
      percent: (100 * 960) / 44_732,
      tensors: 40,
      by_component: { vision_encoder: 240, text_encoder: 336, text_decoder: 384 },
      by_kind: { layernorm: 960 },
    },
    matches: ['vision_encoder', 'text_encoder', 'text_decoder'].map((component, i) => ({
      component,
      name: 'norms',
      tensors: [10, 14, 16][i],
      matched: expect.arrayContaining([{ name: expect.any(String), layers: '0-1', tensors: 2 }]),
    })),
    steps: 10,
    memory_bytes: expect.any(Number),
    seconds: expect.any(Number),
    step_seconds: expect.any(Number),
    computed: { backend: 'onnxruntime', device: expect.any(String), reason: expect.any(String) },
  });
  expect((await medpeft('plan', file)).out).toMatch(/ 960 +2\.15 % +40 +10 +\d+ MB +\d+ s {2}tiny--vqa--layernorm/);
});

it('plan: 1 when something is refused, and the rest is still listed', async () => {
  const { folder } = makeWorkspace();
  const file = path.join(folder, 'x.medpeft.json');
  writeFileSync(file, JSON.stringify({ ...spec, models: { ...spec.models, med: { family: 'llava', path: 'model' } } }));
  const { code, out } = await medpeft('plan', file, '--json');
  const { runs, excluded, diagnostics } = JSON.parse(out);
  expect([code, runs.length, excluded.length, diagnostics[0].code]).toEqual([1, 3, 3, 'MP3005']);
});

it('plan: what is left out for one reason is one line', async () => {
  const { folder } = makeWorkspace();
  const file = path.join(folder, 'x.medpeft.json');
  const more = Object.fromEntries(
    [1, 2, 3].map((n) => [`norms${n}`, { ...spec.methods!.layernorm, learning_rate: n }]),
  );
  writeFileSync(
    file,
    JSON.stringify({
      ...spec,
      methods: { ...spec.methods, ...more },
      exclude: [
        { method: 'lora', reason: 'done before' },
        { method: ['base', 'layernorm', ...Object.keys(more)], reason: 'no memory' },
      ],
    }),
  );
  const { out } = await medpeft('plan', file);
  expect(out.split('\n').filter((line) => line.startsWith('without'))).toEqual([
    'without tiny, vqa, base, layernorm, norms1, norms2 and 1 more: no memory',
    'without tiny, vqa, lora: done before',
  ]);
});

it('inspect model: components, kinds and roles of the first family that fits', async () => {
  const { code, out } = await medpeft('inspect', 'model', path.join(specs, 'models/tiny'), '--json');
  const { family, weights, parameters, components } = JSON.parse(out);
  expect([code, family, weights, parameters]).toEqual([0, 'blip_vqa', [], 44_732]);
  expect(components[0]).toMatchObject({
    component: 'vision_encoder',
    layers: 2,
    kinds: { layernorm: { tensors: 10, parameters: 240 } },
    roles: { query_key_value: { tensors: 4 } },
  });
  expect((await medpeft('inspect', 'model', path.join(specs, 'models/tiny'), '--family', 'miss')).out).toMatch(
    /\(miss\)/,
  );
});

it.each([
  ['models/pickled', 'MP3003'],
  ['models/damaged', 'MP3002'],
  ['models/absent', 'MP3001'],
])('inspect model %s: %s', async (folder, code) => {
  const result = await medpeft('inspect', 'model', path.join(specs, folder), '--json');
  expect([result.code, JSON.parse(result.out)]).toMatchObject([1, { error: { code } }]);
});
