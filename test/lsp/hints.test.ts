/** Inlay hints and the lenses of results, from a plan of a spec, its data and its run folders; counts can be checked by hand from the fixture. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CodeLens, Hover, InlayHint, MarkupContent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { planRuns } from '../../runner/plan';
import { createRun, type NewEvent } from '../../runner/runs';
import { loadSpec } from '../../runner/spec';
import type { Manifest } from '../../schemas/generated/manifest';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

/** Ten training items on five images, three test items on one of them and on another. */
beforeAll(() => {
  const record = (qid: number, image: number) => ({
    qid,
    image_name: `${image}.jpg`,
    image_organ: 'HEAD',
    answer: 'yes',
    answer_type: 'CLOSED',
    question_type: 'PRES',
    question: 'Is there a mass?',
    phrase_type: 'freeform',
  });
  const { at } = session.fixture;
  const train = Array.from({ length: 10 }, (_, i) => record(i, i % 5));
  const test = [record(20, 0), record(21, 7), record(22, 7)];
  writeFileSync(at('data/rad/trainset.json'), JSON.stringify(train));
  writeFileSync(at('data/rad/testset.json'), JSON.stringify(test));
  for (const image of [0, 1, 2, 3, 4, 7]) writeFileSync(at(`data/rad/images/${image}.jpg`), '');
});

/** A fifth of the images is held out: one of five, with its two questions. */
const spec = change(goodSpec, '"fraction": 0.1', '"fraction": 0.2');

async function hints(text: string): Promise<string[]> {
  const document = await session.open(text);
  const range = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  const found = await session.client.request<InlayHint[]>('textDocument/inlayHint', {
    textDocument: { uri: document.uri },
    range,
  });
  return found.map(({ position, label }) => {
    const before = text.slice(0, document.offsetAt(position));
    return `${/[^\s:,[{]+$/.exec(before)![0]} ${label}`;
  });
}

/** LayerNorm vectors of eight numbers, gain and bias: 5 in the vision encoder, 7 in the text encoder, 8 in the decoder. */
const norms = 16;

describe('inlay hints', () => {
  it('stand beside splits, methods and training', async () => {
    const shown = await hints(spec);
    expect(shown.filter((hint) => !/MB$/.test(hint))).toEqual([
      // two of ten are held out
      '"rad/train" 8 items',
      '"rad/train" 2 held out',
      '"rad/test" 3 items',
      '"methods" 3 runs',
      '"base" untuned',
      `"layernorm" ${20 * norms} (4.36 %)`,
      '"lora" 2,288 (24.4 %)',
      // 8 items in batches of 4, twice
      '2 4 steps',
    ]);
    expect(shown.filter((hint) => /^"(base|layernorm|lora)" \d+ MB$/.test(hint))).toHaveLength(3);
  });

  it.each([
    [
      'a grid of three',
      '"base": {},',
      '"base": {}, "g": { "combine": { "text": ["frozen", "norms", "lora8"] }, "learning_rate": 1e-3 },',
      '"g" 3 runs',
    ],
    [
      'what differs',
      '"base": {},',
      '"base": {}, "g": { "combine": { "text": ["norms", "lora8"] }, "learning_rate": 1e-3 },',
      `"g" ${15 * norms}–2,048 (3.27 %–21.8 %)`,
    ],
    [
      'what is left out',
      '"compare":',
      '"exclude": [{ "method": "lora", "reason": "slow" }], "compare":',
      '"methods" 2 runs, 1 left out',
    ],
    ['seeds', '"compare":', '"seeds": [0, 1], "compare":', '"lora" 2 runs'],
    ['accumulated batches', '"batch_size": 4', '"batch_size": 4, "gradient_accumulation_steps": 8', '4 32 effective'],
    ['a limit of steps', '"num_epochs": 2', '"num_epochs": 2, "max_steps": 7', '7 7 steps'],
    ['candidate rates', '"learning_rate": 1e-3 },', '"learning_rate": [1e-3, 1e-4] },', '2 4–8 steps'],
  ])('count %s', async (_what, from, to, hint) => {
    expect(await hints(change(spec, from, to))).toContain(hint);
  });

  it('are not shown for a spec that cannot be planned, but those of the text alone are', async () => {
    const text = change(spec, '"batch_size": 4 }', '"batch_size": 4, "gradient_accumulation_steps": 2, "wrong": 1 }');
    expect(await hints(text)).toEqual(['4 8 effective']);
  });

  it.each(['trainable', 'items', 'effectiveBatch', 'steps', 'memory', 'runs'])(
    'can be switched off: %s',
    async (kind) => {
      const patterns: Record<string, RegExp> = {
        trainable: /%|untuned/,
        items: /items|held out/,
        effectiveBatch: /effective/,
        steps: /steps/,
        memory: /MB/,
        runs: / runs/,
      };
      const text = change(spec, '"batch_size": 4', '"batch_size": 4, "gradient_accumulation_steps": 2');
      const all = await hints(text);
      await session.client.rpc.sendNotification('workspace/didChangeConfiguration', {
        settings: { medpeft: { inlayHints: { [kind]: false } } },
      });
      const rest = await hints(text);
      await session.client.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { medpeft: {} } });
      expect(rest).toEqual(all.filter((hint) => !patterns[kind]!.test(hint)));
      expect(rest.length).toBeLessThan(all.length);
    },
  );
});

interface Ran {
  last: NewEvent;
  value?: number;
  /** In place of the one that the plan has now. */
  id?: string;
  /** The spec that the manifest names, in place of the file's. */
  by?: string;
}

/** A run folder of a method, as the runner leaves it. */
async function ranMethod(file: string, text: string, method: string, { last, value, id, by = file }: Ran) {
  const { runs } = await planRuns(loadSpec(file, { text }));
  const run = runs.find(({ methodName }) => methodName === method)!;
  const name = id === undefined ? run.id : `${run.id.slice(0, run.id.lastIndexOf('-') + 1)}${id}`;
  const manifest: Manifest = {
    format: 1,
    run: name,
    created: '2026-01-01T00:00:00.000Z',
    spec: { file: by, name: run.specName },
    model: run.modelName,
    task: run.taskName,
    method,
    seed: 0,
    resolved: { model: {}, task: { select_by: 'exact_match' }, method: {}, training: {}, datasets: {} },
  };
  const writer = await createRun(path.join(run.outputDir, name), manifest);
  writer.append({ type: 'run_started', run: name, total_steps: 4, trainable: 1 });
  if (value !== undefined)
    writer.writeResult({
      format: 1,
      run: name,
      finished: '2026-02-03T04:05:06.000Z',
      metrics: { 'rad/test': { closed_accuracy: { value: 1, n: 3 }, exact_match: { value, n: 3 } } },
      counts: { trainable: 1, added: 0, base_total: 2, percent: 50, tensors: 1 },
      steps: 4,
      seconds: 60,
    });
  writer.append(last);
  await writer.close();
  return path.join(run.outputDir, name);
}

describe('lenses of results', () => {
  /** The spec that has runs. */
  let lensUri: string;

  it('tell the last result, that it is of other settings, and what can go on', async () => {
    const uri = session.freshUri();
    lensUri = uri;
    const file = fileURLToPath(uri);
    const text = change(spec, '"output_dir": "runs"', '"output_dir": "lens-runs"');
    const finished: NewEvent = { type: 'run_finished', step: 4, seconds: 1 };
    const base = await ranMethod(file, text, 'base', { last: finished, value: 0.25 });
    const norm = await ranMethod(file, text, 'layernorm', { last: finished, value: 0.375, id: 'before0000' });
    const lora = await ranMethod(file, text, 'lora', { last: { type: 'run_cancelled', step: 2 } });
    await session.client.open(uri, text);
    const lenses = await session.client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    const shown = lenses.map(({ command }) => [command!.title, command!.command, command!.arguments![0]]);
    expect(shown).toEqual([
      ['$(play) Run', 'medpeft.run', { spec: uri }],
      ['$(beaker-stop) Dry Run', 'medpeft.dryRun', { spec: uri }],
      ['$(graph) Compare', 'medpeft.showResults', { spec: uri }],
      // the one of other settings does not count as finished
      [
        '$(warning) 1 of 3 runs finished, the last on 2026-02-03; 1 has a result of earlier settings or data',
        'medpeft.showResults',
        { spec: uri },
      ],
      ['$(play) Run', 'medpeft.run', { spec: uri, methods: ['base'] }],
      ['$(beaker-stop) Dry Run', 'medpeft.dryRun', { spec: uri, methods: ['base'] }],
      ['$(check) exact_match 25.0 on 2026-02-03', 'medpeft.showResults', { kind: 'run', folder: base }],
      ['$(play) Run', 'medpeft.run', { spec: uri, methods: ['layernorm'] }],
      ['$(beaker-stop) Dry Run', 'medpeft.dryRun', { spec: uri, methods: ['layernorm'] }],
      [
        '$(warning) exact_match 37.5 on 2026-02-03, spec or data changed since',
        'medpeft.showResults',
        { kind: 'run', folder: norm },
      ],
      ['$(play) Run', 'medpeft.run', { spec: uri, methods: ['lora'] }],
      ['$(beaker-stop) Dry Run', 'medpeft.dryRun', { spec: uri, methods: ['lora'] }],
      ['$(debug-continue) Resume', 'medpeft.resume', { kind: 'run', folder: lora }],
    ]);
  });

  it('tell of earlier results also after the spec was renamed, and not of those of another spec that is there', async () => {
    const uri = session.freshUri();
    const file = fileURLToPath(uri);
    const text = change(spec, '"output_dir": "runs"', '"output_dir": "renamed-runs"');
    const last: NewEvent = { type: 'run_finished', step: 4, seconds: 1 };
    const neighbour = session.fixture.at('neighbour.medpeft.json');
    writeFileSync(neighbour, change(text, '"name": "', '"name": "other '));
    const former = session.fixture.at('former.medpeft.json');
    const norm = await ranMethod(file, text, 'layernorm', { last, value: 0.375, id: 'before0000', by: former });
    await ranMethod(file, text, 'lora', { last, value: 0.5, id: 'before0000', by: neighbour });
    await session.client.open(uri, text);
    const lenses = await session.client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    const results = lenses.flatMap(({ command }) => (command!.title.includes('exact_match') ? [command!] : []));
    expect(results.map((one) => one.arguments![0])).toEqual([{ kind: 'run', folder: norm }]);
  });

  it('and how long a run will take, by the steps that the last one took', async () => {
    // 60 seconds for 4 steps, above; twice the epochs are 8
    const text = change(spec, '"output_dir": "runs"', '"output_dir": "lens-runs"').replace('epochs": 2', 'epochs": 4');
    const uri = lensUri;
    await session.client.change(uri, 2, text);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const found = await session.client.request<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri }, range });
    const about = found.filter(({ label }) => String(label).startsWith('about'));
    const lines = text.split('\n');
    expect(about.map(({ position, label }) => [/"(\w+)"/.exec(lines[position.line]!)![1], label])).toEqual([
      ['base', 'about 1 min 0 s'],
      ['layernorm', 'about 2 min 0 s'],
    ]);
    const position = TextDocument.create(uri, 'medpeft', 2, text).positionAt(text.indexOf('"layernorm": {') + 2);
    const hover = await session.client.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    expect((hover.contents as MarkupContent).value).toMatch(/\| 8 \| \d+ MB \| about 2 min 0 s \|/);
  });

  it('can be switched off', async () => {
    await session.client.rpc.sendNotification('workspace/didChangeConfiguration', {
      settings: { medpeft: { codeLens: { run: false, results: false } } },
    });
    const { uri } = await session.open(spec);
    expect(await session.client.request('textDocument/codeLens', { textDocument: { uri } })).toEqual([]);
    await session.client.rpc.sendNotification('workspace/didChangeConfiguration', { settings: { medpeft: {} } });
  });
});
