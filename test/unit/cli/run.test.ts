/** The built command line on a tiny model and real questions, as a user or a scheduler would call it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunEvent, readEvents, readRun } from '../../../runner/runs';
import { cli } from '../../programs';
import { temporaryFolder } from '../runs/fixture';
import { workspace } from '../training/tiny';

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** Calls the command line; `onLine` sees each line of standard output as it comes. */
function call(words: string[], onLine: (line: string, child: ChildProcess) => void = () => {}): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended: Ended = { code: null, signal: null, out: '', err: '' };
  createInterface(child.stdout).on('line', (line) => {
    ended.out += `${line}\n`;
    onLine(line, child);
  });
  child.stderr.on('data', (chunk) => {
    ended.err += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ ...ended, code, signal }));
  });
}

/** Calls `run --events` and does something at an event. */
const runEvents = (words: string[], at: (event: RunEvent & { run: string }, child: ChildProcess) => void) =>
  call(['run', ...words, '--events'], (line, child) => at(JSON.parse(line), child));

/** A copy of the tiny workspace, which a test may spoil. */
function copyWorkspace() {
  const folder = temporaryFolder();
  cpSync(workspace, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
  const runs = path.join(folder, 'runs');
  return {
    folder,
    spec: path.join(folder, 'tiny.medpeft.json'),
    long: path.join(folder, 'long.medpeft.json'),
    runs,
    run: (method: string) => path.join(runs, readdirSync(runs).find((name) => name.includes(`--${method}--`))!),
  };
}

const few = ['--max-steps', '12'];
const deltaOf = (folder: string) => readFileSync(path.join(folder, 'adapter/delta.safetensors'));

describe('run --dry-run', () => {
  const dry = async (spec: string, ...words: string[]) => call(['run', spec, '--dry-run', ...words]);

  it('takes each run through a batch, a checkpoint, a new process and the scoring, and leaves nothing', async () => {
    const { spec, runs } = copyWorkspace();
    const { code, out } = await dry(spec, '--json');
    expect(code).toBe(0);
    const tried = JSON.parse(out).runs as { id: string }[];
    expect(tried.map(({ id, ...rest }) => [id.split('--')[2], rest])).toMatchObject([
      ['base', { works: true, reloaded: false, scored: ['rad/test'] }],
      ['layernorm', { works: true, reloaded: true, scored: ['rad/test'] }],
      ['lora', { works: true, reloaded: true, scored: ['rad/test'], loss: expect.any(Number) }],
    ]);
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
    const [base] = tried;
    const one = await dry(spec, '--only', base!.id, '--json');
    expect(JSON.parse(one.out).runs.map(({ id }: { id: string }) => id)).toEqual([base!.id]);
    expect(await dry(spec, '--only', 'base')).toMatchObject({ code: 2, err: expect.stringMatching(/^MP4009 .*base/) });
  });

  it('says of each run why it would fail, and what to do', async () => {
    const { spec } = copyWorkspace();
    const text = readFileSync(spec, 'utf8');
    writeFileSync(spec, text.replace(/"learning_rate": [^,\n}]+/, '"learning_rate": 1e30'));
    const { code, out } = await dry(spec, '--method=base', '--method=layernorm');
    expect(out).toMatch(/base, seed 0: works/);
    expect(out).toMatch(/layernorm, seed 0: fails: MP4\d{3} .*\n {2}\S/);
    expect(out).toMatch(/1 of 2 would fail/);
    expect(code).toBe(1);
  });
});

describe('run', () => {
  it('performs what is open, skips what is finished, and ends with the table', async () => {
    const { spec, runs, run } = copyWorkspace();
    const first = await call(['run', spec, ...few]);
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/run 3\/3 tiny vqa lora seed 0: finished/);
    for (const word of ['constant answer', 'base', 'layernorm', 'lora', `Results: ${runs}`, 'MedPEFT: Show Results'])
      expect(first.out).toContain(word);
    const before = readEvents(run('lora')).offset;
    const second = await call(['run', spec, ...few, '--json']);
    expect(second).toMatchObject({ code: 0, err: '3 runs are finished already\n' });
    const { runs: told } = JSON.parse(second.out) as { runs: { status: string; metrics: object }[] };
    expect(told).toMatchObject(Array(3).fill({ status: 'finished', metrics: { 'rad/test': {} } }));
    expect(readEvents(run('lora')).offset).toBe(before);
    const { out: chosen } = await call(['run', spec, ...few, '--method', 'lora']);
    expect(chosen).toContain('against base');
    expect(chosen).not.toContain('There is no finished run');
  });

  it('that is killed with its worker goes on when it is called again, to the same bytes', async () => {
    const [whole, parted] = [copyWorkspace(), copyWorkspace()];
    const words = ['--method', 'lora', ...few];
    await call(['run', whole.spec, ...words]);
    const killed = await runEvents([parted.spec, ...words], (event, child) => {
      if (event.type === 'step' && event.step === 5) child.kill('SIGKILL');
    });
    expect(killed.signal).toBe('SIGKILL');
    expect((await call(['run', parted.spec, ...words])).code).toBe(0);
    expect(readRun(parted.run('lora')).state).toBe('finished');
    expect(deltaOf(parted.run('lora')).equals(deltaOf(whole.run('lora')))).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('stops gracefully at SIGINT, and begins no further run', async () => {
    const { spec, runs, run } = copyWorkspace();
    const stopped = await runEvents([spec, '--method', 'layernorm', '--method', 'lora'], (event, child) => {
      if (event.type === 'step' && event.step === 3) child.kill('SIGINT');
    });
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain('stopping after a checkpoint');
    expect(readRun(run('layernorm')).state).toBe('cancelled');
    expect(readdirSync(runs)).toHaveLength(1);
    expect((await call(['resume', run('layernorm')])).code).toBe(0);
    expect(readRun(run('layernorm')).state).toBe('finished');
  });

  it.skipIf(process.platform === 'win32')('ends at once at a second SIGINT', async () => {
    const { long, run } = copyWorkspace();
    let times = 0;
    const stopped = await runEvents([long, '--method', 'layernorm', '--method', 'lora'], (event, child) => {
      if (event.type !== 'step' || times++ > 0) return;
      child.kill('SIGINT');
      child.stderr!.once('data', () => child.kill('SIGINT'));
    });
    expect(stopped.code).toBe(1);
    expect(readRun(run('layernorm')).state).toBe('cancelled');
  });

  it.each<[string, string[], number, RegExp]>([
    ['an unknown method', ['--method', 'lorra'], 1, /MP1101 .*"lorra"\n.*did you mean "lora"/],
    ['an unknown backend', ['--backend', 'onxruntime'], 2, /MP4009 .*\n.*did you mean onnxruntime/],
    ['no number', ['--max-steps', 'ten'], 2, /MP4009 --max-steps ten/],
    ['two protocols', ['--json', '--events'], 2, /MP4009/],
  ])('with %s begins nothing', async (_what, words, code, says) => {
    const { spec, folder } = copyWorkspace();
    const { err, ...ended } = await call(['run', spec, ...words]);
    expect(ended.code).toBe(code);
    expect(err).toMatch(says);
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('into a place that cannot be written says so (MP4001) and fails', async () => {
    const { spec, runs } = copyWorkspace();
    writeFileSync(runs, 'a file');
    const { code, err } = await call(['run', spec, '--method', 'base']);
    expect(code).toBe(1);
    expect(err).toMatch(/MP4001[\s\S]*runtime\.output_dir/);
  });

  it.skipIf(process.platform !== 'linux').each(['/proc/x/runs', '/dev/null/runs', '/sys'])(
    'into %s says so once for all runs, and prints no results',
    async (outputDir) => {
      const { spec } = copyWorkspace();
      writeFileSync(
        spec,
        readFileSync(spec, 'utf8').replace('"output_dir": "runs"', `"output_dir": ${JSON.stringify(outputDir)}`),
      );
      const { code, err, out } = await call(['run', spec, ...few]);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.match(/MP4001/g)).toHaveLength(1);
      expect(err).toContain('set runtime.output_dir');
      expect(err).not.toMatch(/ENOENT|EACCES/);
    },
  );

  it.each<[string, string[], RegExp]>([
    ['the command line', ['--device', 'cuda'], /MP3101 device cuda.*\n.*given as --device cuda; .*--device webgpu/],
    ['the spec', [], /MP3101 device cuda.*\n.*\n? *it stands in runtime\.device of the spec; .*--device webgpu/],
  ])('on a device that cannot be had is refused once, where %s names it', async (_who, words, says) => {
    const { spec, folder } = copyWorkspace();
    if (words.length === 0)
      writeFileSync(spec, readFileSync(spec, 'utf8').replace('"device": "cpu"', '"device": "cuda"'));
    const { code, err, out } = await call(['run', spec, ...few, ...words]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(says);
    expect(err.match(/MP3101/g)).toHaveLength(1);
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('warns what trains of answers that are cut, and not the untuned model', async () => {
    const { spec } = copyWorkspace();
    writeFileSync(
      spec,
      readFileSync(spec, 'utf8').replace(
        '"max_question_tokens": 16',
        '"max_question_tokens": 16, "max_answer_tokens": 2',
      ),
    );
    const { err } = await call(['run', spec, '--max-steps', '1']);
    expect(err).toMatch(/layernorm seed 0: warning MP2006/);
    expect(err).not.toMatch(/base seed 0: warning/);
  });

  it('of another seed takes the untuned model as it is, and the table has it', async () => {
    const { spec, runs } = copyWorkspace();
    await call(['run', spec, '--method', 'base']);
    const { err, out } = await call(['run', spec, '--method', 'base', '--seed', '7']);
    expect(err).toBe('1 run is finished already\n');
    expect(out).toContain('Results:');
    expect(readdirSync(runs)).toHaveLength(1);
  });

  it('with an image that does not decode fails with its name, and leaves no result', async () => {
    const { spec, folder, run } = copyWorkspace();
    const images = path.join(folder, 'data/images');
    const [image] = readdirSync(images);
    writeFileSync(path.join(images, image!), 'no image');
    const { code, err } = await call(['run', spec, '--method', 'base']);
    expect(code).toBe(1);
    expect(err).toMatch(/MP2003/);
    expect(err).toContain(image);
    expect(readRun(run('base'))).toMatchObject({ state: 'failed', lastEvent: { code: 'MP2003' } });
  });
});

describe('cancel', () => {
  it.each<[string, string[]]>([
    ['gracefully', []],
    ['by force', ['--force']],
  ])('stops a run %s; it can be resumed', async (_how, words) => {
    const { long, runs, folder } = copyWorkspace();
    let cancelled: Promise<Ended> | undefined;
    const ended = await runEvents([long, '--method', 'layernorm'], (event) => {
      if (event.type === 'step' && event.step === 2) cancelled = call(['cancel', path.join(runs, event.run), ...words]);
    });
    expect((await cancelled)!).toMatchObject({ code: 0 });
    expect(ended.code).toBe(1);
    const [name] = readdirSync(runs);
    expect(readRun(path.join(runs, name!)).state).toBe('cancelled');
    expect((await call(['cancel', path.join(runs, name!)])).err).toMatch(/MP4007 .*cancelled/);
    const status = await call(['status', path.join(folder, 'runs')]);
    expect(status.out).toMatch(/^cancelled {4}\S+ +step \d+ of \d+\n$/);
  });
});

describe('evaluate', () => {
  it('of a run that still trains says to wait, and not to resume it', async () => {
    const { long, runs } = copyWorkspace();
    let early: Promise<Ended> | undefined;
    await runEvents([long, '--method', 'layernorm'], (event, child) => {
      if (event.type !== 'step' || early) return;
      early = call(['evaluate', path.join(runs, event.run)]);
      void early.then(() => child.kill('SIGTERM'));
    });
    expect(await early!).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MP4007 .*it is running\n.*\n {2}wait until it is done: medpeft status \S+/),
    });
  });

  it('scores a finished run as its end did, with its trained weights', async () => {
    const { spec, run } = copyWorkspace();
    await call(['run', spec, '--method', 'lora', ...few]);
    const { code, out } = await call(['evaluate', run('lora'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).metrics).toEqual(readRun(run('lora')).result!.metrics);
    rmSync(path.join(run('lora'), 'adapter'), { recursive: true });
    expect(await call(['evaluate', run('lora')])).toMatchObject({ code: 1, err: expect.stringContaining('MP4007') });
  });
});

describe('what a run was planned for and is not any more', () => {
  it('data: it neither goes on nor is scored, and goes on with the data put back', async () => {
    const { spec, folder, run } = copyWorkspace();
    await runEvents([spec, '--method', 'lora', ...few], (event, child) => {
      if (event.type === 'step' && event.step === 2) child.kill('SIGTERM');
    });
    const file = path.join(folder, 'data', 'testset.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify(JSON.parse(before).slice(1)));
    const refused = { code: 1, err: expect.stringMatching(/MP4003 .*data are not what they were.*rad\/testset\.json/) };
    expect(await call(['resume', run('lora')])).toMatchObject(refused);
    writeFileSync(file, before);
    expect(await call(['resume', run('lora')])).toMatchObject({ code: 0 });
    writeFileSync(file, JSON.stringify(JSON.parse(before).slice(1)));
    expect(await call(['evaluate', run('lora')])).toMatchObject(refused);
  });

  it('images: it is not scored on others under the same names', async () => {
    const { spec, folder, run } = copyWorkspace();
    await call(['run', spec, '--method', 'lora', ...few]);
    const images = path.join(folder, 'data', 'images');
    const [one, other] = readdirSync(images); // of different sizes
    cpSync(path.join(images, other!), path.join(images, one!));
    expect(await call(['evaluate', run('lora')])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/MP4003 .*rad\/\d+ images/),
    });
  });

  it('model: what it has trained is not merged into another one', async () => {
    const { spec, folder, run } = copyWorkspace();
    await call(['run', spec, '--method', 'lora', ...few]);
    const file = path.join(folder, 'model', 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{ "other": 1,'));
    for (const merged of [[], ['--merged']])
      expect(await call(['export-adapter', run('lora'), '--to', path.join(folder, 'to'), ...merged])).toMatchObject({
        code: 1,
        err: expect.stringMatching(/MP4003 .*model folder is not what it was/),
      });
    expect(existsSync(path.join(folder, 'to'))).toBe(false);
  });
});

describe('a file in place of a folder', () => {
  it.each([['status'], ['compare'], ['parity']])('%s says so, without a stack', async (command) => {
    const { spec } = copyWorkspace();
    const { err, out } = await call([command, spec]);
    expect(err + out).not.toMatch(/ENOTDIR|\n\s+at /);
    expect((err + out).length).toBeGreaterThan(0);
  });
});

it('parity of a folder without golden values is an error, not a success of nothing', async () => {
  const { folder } = copyWorkspace();
  expect(await call(['parity', path.join(folder, 'data')])).toMatchObject({
    code: 1,
    err: expect.stringContaining('MP2001'),
  });
});

it('a run whose project was moved goes on and is scored where it lies now', async () => {
  const { spec, folder } = copyWorkspace();
  await runEvents([spec, '--method', 'lora', ...few], (event, child) => {
    if (event.type === 'step' && event.step === 2) child.kill('SIGTERM');
  });
  const now = path.join(temporaryFolder(), 'moved');
  renameSync(folder, now);
  const [name] = readdirSync(path.join(now, 'runs'));
  const run = path.join(now, 'runs', name!);
  expect(readRun(run).state).toBe('cancelled');
  expect(await call(['resume', run])).toMatchObject({ code: 0 });
  const { code, out } = await call(['evaluate', run, '--task', 'vqa', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out).metrics).toEqual(readRun(run).result!.metrics);
  expect(existsSync(folder)).toBe(false);
});

it('doctor finds an engine that computes', async () => {
  const { code, out } = await call(['doctor', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});
