/** The Test Explorer on a stand-in: what it shows of a spec, what it starts, what it reports. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseTree } from 'jsonc-parser';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Launch } from '../../../client/runner/launcher';
import type { RunSummary } from '../../../client/runs/store';
import type { SpecIndex } from '../../../client/specs';
import { createTests } from '../../../client/tests';
import { filtersFor, type RunKey } from '../../../client/tests/cover';
import { outcomes } from '../../../client/tests/outcome';
import { outline, type TestedSpec, type TestNode } from '../../../client/tests/outline';
import { MedpeftError } from '../../../runner/errors';
import type { Expectation } from '../../../schemas/generated/spec';
import { patience } from '../../shared';
import { temporaryFolder } from '../data/fixture';
import { fakeStore, type RunFacts, run } from './runs';
import { fakeTests, profiles, standIn, type TestLog } from './standIn';

const text = `{
  "methods": {
    "base": {},
    "lora": { "components": { "text": "lora8" } }
  },
  "expect": [
    { "method": "lora", "test": "rad/test", "metric": "exact_match", "at_least": 0.4 },
    { "method": "lora", "test": "rad/test", "metric": "exact_match", "over_seeds": "mean", "better_than": "base" }
  ]
}`;

function spec(seeds: number[]): TestedSpec {
  const runs = ['base', 'lora'].flatMap((method) =>
    seeds.map((seed) => {
      const id = `m--vqa--${method}--seed${seed}`;
      return { id, model: 'm', task: 'vqa', method, seed, tests: ['rad/test'] };
    }),
  );
  const expectations = (JSON.parse(text) as { expect: Expectation[] }).expect;
  return { text, tree: parseTree(text), uses: ['/w/data'], expectations, runs };
}

/** `label [line:character]`, children indented; lines as in an editor. */
function golden(nodes: readonly TestNode[], indent = ''): string[] {
  return nodes.flatMap(({ label, range, children }) => [
    `${indent}${label} [${range ? `${range.start.line + 1}:${range.start.character + 1}` : '-'}]`,
    ...golden(children, `${indent}  `),
  ]);
}

const scored = (method: string, value: number, rest: Partial<RunFacts> = {}) =>
  run({ method, state: 'finished', metrics: { 'rad/test': { exact_match: { value, n: 451 } } }, ...rest });

describe('outline', () => {
  it('puts the expectations of one run under it, at their lines', () => {
    expect(golden(outline(spec([0])))).toEqual([
      'base [3:5]',
      'lora [4:5]',
      '  exact_match on rad/test ≥ 0.4 [7:5]',
      '  mean exact_match on rad/test > base [8:5]',
    ]);
  });

  it('puts an expectation that joins seeds beside the runs', () => {
    expect(golden(outline(spec([0, 1])))).toEqual([
      'base · seed 0 [3:5]',
      'base · seed 1 [3:5]',
      'lora · seed 0 [4:5]',
      '  exact_match on rad/test ≥ 0.4 [7:5]',
      'lora · seed 1 [4:5]',
      '  exact_match on rad/test ≥ 0.4 [7:5]',
      'mean exact_match on rad/test > base (lora · seed 0 · seeds 0, 1) [8:5]',
    ]);
  });

  it('has no place for what a base spec says', () => {
    const { tree: _, ...rest } = spec([0]);
    expect(golden(outline(rest))[0]).toBe('base [-]');
  });
});

describe('outcomes', () => {
  const failed = { type: 'run_failed', code: 'MP4005', message: 'loss is NaN', hint: 'Lower the rate.' };
  it.each<[string, RunSummary | undefined, string[]]>([
    ['not run', undefined, ['none', 'none', 'none']],
    ['queued', run({ method: 'lora', state: 'queued' }), ['enqueued', 'enqueued', 'enqueued']],
    ['running', run({ method: 'lora', state: 'running' }), ['started', 'started', 'started']],
    ['finished', scored('lora', 0.45), ['passed', 'passed', 'failed']],
    ['failed', run({ method: 'lora', state: 'failed', lastEvent: failed }), ['errored', 'skipped', 'skipped']],
    ['interrupted', run({ method: 'lora', state: 'interrupted' }), ['errored', 'skipped', 'skipped']],
    ['cancelled', run({ method: 'lora', state: 'cancelled' }), ['skipped', 'skipped', 'skipped']],
  ])('%s', (_name, lora, states) => {
    const runs = [scored('base', 0.45), ...(lora ? [lora] : [])];
    const found = outcomes(spec([0]), (id) => runs.find((one) => one.id === id));
    const id = 'm--vqa--lora--seed0';
    const keys = [`run/${id}`, `expect/0/${id}`, `expect/1/${id}`];
    expect(keys.map((key) => found.get(key)?.state)).toEqual(states);
  });
});

describe('filtersFor', () => {
  const all: RunKey[] = ['a', 'b'].flatMap((model) =>
    ['base', 'lora', 'ffn'].flatMap((method) =>
      [0, 1].map((seed) => ({ id: `${model}-${method}-${seed}`, model, task: 'vqa', method, seed })),
    ),
  );
  for (const id of ['point-1', 'point-2', 'point-3'])
    all.push({ id, model: 'c', task: 'vqa', method: 'swept', seed: 0 });
  const of = (model: string) => ({ model, task: 'vqa' });
  it.each<[string, string[], object[]]>([
    ['nothing', [], []],
    ['all: no filter', all.map(({ id }) => id), [{}]],
    ['one run', ['a-lora-1'], [{ ...of('a'), methods: ['lora'], seeds: [1] }]],
    [
      'all seeds of two methods',
      ['a-lora-0', 'a-lora-1', 'a-ffn-0', 'a-ffn-1'],
      [{ ...of('a'), methods: ['lora', 'ffn'] }],
    ],
    [
      'other seeds of other methods need starts of their own',
      ['a-lora-0', 'a-ffn-1'],
      [
        { ...of('a'), methods: ['lora'], seeds: [0] },
        { ...of('a'), methods: ['ffn'], seeds: [1] },
      ],
    ],
    [
      'the command line takes one model at a time',
      ['a-base-0', 'b-base-0'],
      [
        { ...of('a'), methods: ['base'], seeds: [0] },
        { ...of('b'), methods: ['base'], seeds: [0] },
      ],
    ],
    [
      'one seed of a method beside a point of a sweep',
      ['a-base-0', 'point-2'],
      [
        { ...of('a'), methods: ['base'], seeds: [0] },
        { methods: ['swept'], only: ['point-2'] },
      ],
    ],
    [
      'all points of a sweep need no names',
      ['point-1', 'point-2', 'point-3'],
      [{ model: 'c', task: 'vqa', methods: ['swept'] }],
    ],
  ])('%s', (_name, wanted, filters) => expect(filtersFor(all, new Set(wanted))).toEqual(filters));
});

describe('createTests', () => {
  beforeEach(() => void profiles.splice(0));

  /** @param start what happens to the runs when the command line is started */
  function explorer(
    initial: RunSummary[],
    read: () => TestedSpec = () => spec([0]),
    start: () => RunSummary[] = () => initial,
    evaluated?: object,
  ) {
    const log: TestLog = { lines: [] };
    const vscode = standIn({ tests: fakeTests(log) });
    const runs = fakeStore(initial);
    const started: unknown[] = [];
    const known = {
      uri: vscode.Uri.file('/w/a.medpeft.json'),
      file: '/w/a.medpeft.json',
      name: 'a',
      outputDir: '/w/runs',
    };
    const specs = {
      list: () => [known],
      get: (file: string) => (file === known.file ? known : undefined),
      outputDirs: () => ['/w/runs'],
      onDidChange: () => ({ dispose: () => {} }),
      ready: Promise.resolve(),
    } as unknown as SpecIndex;
    const begin = async (_file: string, filter: unknown) => {
      started.push(filter);
      const ended = new Promise((resolve) => setImmediate(resolve)).then(() => runs.set(start()));
      return { pid: 7, logFile: '/l/1.log', ended } as unknown as Launch;
    };
    const asked: string[] = [];
    const ask = async (args: string[]) => {
      asked.push(args.join(' '));
      if (evaluated) {
        const logFile = path.join(temporaryFolder(), '1.log');
        writeFileSync(logFile, `rad/test: 451 items\n${JSON.stringify(evaluated)}\n`);
        return { code: 0, lastWords: '', logFile, stopped: false };
      }
      const works = args.includes('--method=lora');
      return { code: works ? 0 : 1, lastWords: works ? 'works' : 'MP4005 no', logFile: '/l/1.log', stopped: false };
    };
    const cancelled: string[] = [];
    const files = new vscode.EventEmitter<string>();
    const { controller } = createTests({
      vscode,
      specs,
      runs,
      launcher: { stop: () => {}, ask },
      start: begin,
      read: async () => read(),
      cancel: async ({ id }) => void cancelled.push(id),
      onDidChangeFile: files.event,
    });
    const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => {} }) };
    const press = (request: object, profile = 0) =>
      (profiles[profile]!.runHandler as (request: object, token: object) => Promise<void>)(request, token);
    const resolve = async () => {
      await controller.resolveHandler!(undefined);
      const suite = controller.items.get('file:///w/a.medpeft.json')!;
      await controller.resolveHandler!(suite);
      return suite;
    };
    return { controller, log, runs, started, asked, cancelled, press, resolve, files };
  }

  it('plans a spec only when it is looked into, and shows what its folders already say', async () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return spec([0]);
    };
    const { controller, log, resolve } = explorer([scored('base', 0.4), scored('lora', 0.39)], read);
    await controller.resolveHandler!(undefined);
    expect(reads).toBe(0);
    await resolve();
    expect(reads).toBe(1);
    expect(log.lines).toEqual([
      'begin a, not kept',
      'passed base',
      'passed lora',
      'failed exact_match on rad/test ≥ 0.4 | exact_match on rad/test / ≥ 0.4 | exact_match on rad/test / = 0.39 (n = 451)',
      'failed mean exact_match on rad/test > base | mean exact_match on rad/test / > 0.4 (base) | mean exact_match on rad/test / = 0.39 (1 seed)',
      'end',
    ]);
  });

  it('follows runs that were started elsewhere, and ends when they do', async () => {
    const { log, runs, resolve } = explorer([]);
    await resolve();
    expect(log.lines).toEqual([]);
    runs.set([run({ method: 'base', state: 'running' })]);
    runs.set([run({ method: 'base', state: 'running', step: 10 })]);
    runs.set([scored('base', 0.4)]);
    expect(log.lines).toEqual(['begin a, not kept', 'started base', 'passed base', 'end']);
  });

  it('starts just the chosen run, reports it once and always ends', async () => {
    const { log, started, press, resolve } = explorer([scored('base', 0.3)], undefined, () => [
      scored('base', 0.3),
      scored('lora', 0.45),
    ]);
    const suite = await resolve();
    log.lines.splice(0);
    const lora = [...suite.children].map(([, item]) => item).find(({ label }) => label === 'lora')!;
    await press({ include: [lora] });
    expect(started).toEqual([{ model: 'm', task: 'vqa', methods: ['lora'] }]);
    expect(log.lines).toEqual([
      'begin',
      'output process 7, log: /l/1.log',
      'passed lora',
      'passed exact_match on rad/test ≥ 0.4',
      'passed mean exact_match on rad/test > base',
      'end',
    ]);
  });

  it('runs a whole spec that nobody looked into, by one start', async () => {
    const { controller, log, started, press } = explorer([], undefined, () => [
      scored('base', 0.3),
      run({
        method: 'lora',
        state: 'failed',
        lastEvent: { type: 'run_failed', code: 'MP4005', message: 'loss is NaN', hint: 'Lower the rate.' },
      }),
    ]);
    await controller.resolveHandler!(undefined);
    await press({});
    expect(started).toEqual([{}]);
    expect(log.lines.slice(2)).toEqual([
      'passed base',
      'errored lora | MP4005: loss is NaN / Lower the rate.',
      'skipped exact_match on rad/test ≥ 0.4',
      'skipped mean exact_match on rad/test > base',
      'end',
    ]);
  });

  it('tries each run on a few items, and leaves results as they were told', async () => {
    const { log, started, asked, press, resolve } = explorer([]);
    const suite = await resolve();
    await press({ include: [suite] }, 1);
    expect(started).toEqual([]);
    const of = (method: string) => `run /w/a.medpeft.json --model=m --task=vqa --method=${method} --seed=0 --dry-run`;
    expect(asked).toEqual([of('base'), of('lora')]);
    expect(log.lines).toEqual([
      'begin Dry Run, not kept',
      'started base',
      'output MP4005 no',
      'errored base | MP4005 no',
      'started lora',
      'output works',
      'passed lora',
      'skipped exact_match on rad/test ≥ 0.4',
      'skipped mean exact_match on rad/test > base',
      'end',
    ]);
  });

  it('scores finished runs again, and judges expectations by what comes out', async () => {
    const answer = { metrics: { 'rad/test': { exact_match: { value: 0.5, n: 451 } } } };
    const { log, started, asked, press, resolve } = explorer([scored('lora', 0.39)], undefined, undefined, answer);
    const suite = await resolve();
    log.lines.splice(0);
    await press({ include: [suite] }, 2);
    expect(started).toEqual([]);
    expect(asked).toEqual(['evaluate /w/runs/m--vqa--lora--seed0 --json']);
    expect(log.lines).toEqual([
      'begin Evaluate, not kept',
      'started lora',
      'output lora, rad/test: exact_match 0.500 (n = 451)',
      'skipped base',
      'passed lora',
      'passed exact_match on rad/test ≥ 0.4',
      // the base has no result to be better than
      'skipped mean exact_match on rad/test > base',
      'end',
    ]);
  });

  it('marks results of another spec, other data or another checkpoint', async () => {
    const earlier = scored('lora', 0.45);
    earlier.manifest = { ...earlier.manifest };
    (earlier as { id: string }).id = 'm--vqa--lora--seed0--before';
    const { log, resolve, runs } = explorer([earlier]);
    const suite = await resolve();
    const described = () => [...suite.children].map(([, { label, description = '' }]) => `${label}: ${description}`);
    expect(described()).toEqual(['base: ', 'lora: spec, data or checkpoint changed since its result']);
    expect(log.lines).toContain('outdated lora');
    runs.set([earlier, scored('lora', 0.45)]);
    expect(described()).toEqual(['base: ', 'lora: ']);
  });

  it('takes away what it told of a run whose folder is gone', async () => {
    const { log, resolve, runs } = explorer([scored('base', 0.4)]);
    await resolve();
    log.lines.splice(0);
    runs.set([]);
    expect(log.lines).toEqual(['outdated base']);
  });

  it('runs continuously what changed data make anew, and nothing before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { started, press, resolve, files } = explorer([]);
    const suite = await resolve();
    const lora = [...suite.children].map(([, item]) => item).find(({ label }) => label === 'lora')!;
    await press({ include: [lora], continuous: true });
    files.fire('/w/runs/r/result.json');
    files.fire('/w/elsewhere/a.json');
    await vi.runAllTimersAsync();
    expect(started).toEqual([]);
    files.fire('/w/data/trainset.json');
    files.fire('/w/data/testset.json');
    await vi.runAllTimersAsync();
    await vi.waitFor(() => expect(started).toEqual([{ model: 'm', task: 'vqa', methods: ['lora'] }]), patience);
  });

  it('shows the first error of a spec that cannot be planned, and ends a run of it', async () => {
    const { log, started, press, resolve } = explorer([], () => {
      throw new MedpeftError('MP1002', 'line 3: unknown key methds', 'Did you mean methods?');
    });
    const suite = await resolve();
    expect(suite.error).toBe('MP1002: line 3: unknown key methds\nDid you mean methods?');
    await press({ include: [suite] });
    expect(started).toEqual([]);
    expect(log.lines).toEqual(['begin', 'end']);
  });
});
