/** Runs on a real Slurm of one machine: what becomes of them is read from their folders alone. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchCli, runArguments } from '../../client/runner/launch';
import { listRuns, readEvents, readRun } from '../../runner/runs';
import { cli } from '../programs';
import { temporaryFolder } from '../unit/runs/fixture';
import { workspace } from '../unit/training/tiny';
import { type Cluster, missing, startCluster } from './cluster';

if (missing.length > 0 && process.env.CI)
  throw new Error(`${missing.join(', ')} missing; in CI these tests may not be skipped`);
const how = missing.length > 0 ? ' (needs Slurm: sudo apt-get install slurm-wlm munge)' : '';

const steps = 300;
const patience = { timeout: 150_000, interval: 100 };

describe.skipIf(missing.length > 0)(`run --executor slurm${how}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 120_000);
  afterAll(() => cluster?.stop());

  const medpeft = (...words: string[]) =>
    spawnSync(process.execPath, [cli, ...words], { encoding: 'utf8', env: cluster.environment });

  /** A copy of the tiny workspace with runs that take some seconds. */
  function experiment(runtime: Record<string, unknown> = {}) {
    const folder = temporaryFolder();
    cpSync(workspace, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
    const spec = path.join(folder, 'cluster.medpeft.json');
    const settings = { executor: 'slurm', ...runtime };
    writeFileSync(
      spec,
      JSON.stringify({
        version: 1,
        extends: 'tiny.medpeft.json',
        training: { max_steps: steps, eval_steps: 100, save_steps: 10, batch_size: 8 },
        runtime: settings,
        expect: [],
      }),
    );
    const runs = path.join(folder, 'runs');
    const folderOf = (method: string) =>
      path.join(runs, readdirSync(runs).find((name) => name.includes(`--${method}--`))!);
    return {
      folder,
      spec,
      folderOf,
      state: (method: string) => readRun(folderOf(method)).state,
      step: (method: string) => readRun(folderOf(method)).progress.step,
      becomes: (method: string, state: string) =>
        vi.waitFor(() => expect(readRun(folderOf(method)).state).toBe(state), patience),
      reaches: (method: string, step: number) =>
        vi.waitFor(() => expect(readRun(folderOf(method)).progress.step).toBeGreaterThanOrEqual(step), patience),
      leavesTheQueue: (method: string) =>
        vi.waitFor(() => {
          hasten();
          const run = readRun(folderOf(method));
          const last = JSON.stringify(readEvents(folderOf(method)).events.slice(-3));
          expect(['running', 'finished'], last).toContain(run.state);
        }, patience),
      job: (method: string): string =>
        JSON.parse(readFileSync(path.join(folderOf(method), 'submission.json'), 'utf8')).job,
    };
  }
  const node = () => cluster.call('sinfo', '-h', '-o', '%n').trim();
  const drain = () => cluster.call('scontrol', 'update', `NodeName=${node()}`, 'State=drain', 'Reason=test');
  const undrain = () => cluster.call('scontrol', 'update', `NodeName=${node()}`, 'State=resume');
  const waitingJobs = () => cluster.call('squeue', '-h', '--array', '-o', '%i').split('\n').filter(Boolean);
  /**
   * Slurm holds a job back for two minutes before it begins again; here two seconds will do. Not less: nodes date what they may run in whole seconds, and refuse a job that
   * begins again in the second in which it was ended.
   */
  function hasten(): void {
    for (const line of cluster
      .call('squeue', '-h', '--array', '--states=PENDING', '-O', 'JobArrayID:30,EligibleTime:30')
      .split('\n')) {
      const [id, begin] = line.trim().split(/\s+/);
      if (id && Date.parse(begin!) > Date.now() + 10_000)
        cluster.call('scontrol', 'update', `JobId=${id}`, 'StartTime=now+2');
    }
  }
  const only = (method: string) => ['--executor', 'slurm', '--method', method];

  /** Tuned tensors of a run that nobody disturbed, on this machine. */
  let undisturbed: Buffer | undefined;
  function expectSameBytes(folder: string): void {
    if (!undisturbed) {
      const local = experiment();
      const { status, stderr } = medpeft('run', local.spec, '--executor', 'local', '--method', 'lora');
      expect(status, stderr).toBe(0);
      undisturbed = readFileSync(path.join(local.folderOf('lora'), 'adapter/delta.safetensors'));
    }
    expect(readFileSync(path.join(folder, 'adapter/delta.safetensors')).equals(undisturbed)).toBe(true);
  }

  it('shows the script without submitting it', () => {
    const { spec, folder } = experiment({
      slurm: { partition: 'main', time: '0:30:00', max_running: 1, setup: ['umask 077'] },
    });
    const { status, stdout } = medpeft('run', spec, '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('#SBATCH --array=0-2%1');
    expect(stdout).toMatch(/#SBATCH --mem=\d+M/);
    expect(stdout).toContain(
      '#SBATCH --time=0:30:00\n#SBATCH --partition=main\n#SBATCH --requeue\n#SBATCH --signal=B:USR1@120',
    );
    expect(stdout).toContain('\numask 077\n');
    expect(existsSync(path.join(folder, 'runs'))).toBe(false);
    expect(waitingJobs()).toEqual([]);
  });

  it('says in Slurm’s words why a script was refused (MP4202), and lets no run seem to wait', () => {
    const { spec, folder } = experiment({ slurm: { partition: 'nowhere' } });
    const { status, stderr } = medpeft('run', spec, '--method', 'lora');
    expect(status).toBe(1);
    expect(stderr).toMatch(/MP4202 .*invalid partition/is);
    expect(readdirSync(path.join(folder, 'runs/.slurm'))).toEqual([]);
    expect(readdirSync(path.join(folder, 'runs'))).toEqual(['.slurm']);
  });

  it('waits as the folders say, is not submitted twice, and can be cancelled in the queue one by one or with scancel', async () => {
    const { spec, state, folderOf, job, becomes } = experiment();
    drain();
    try {
      expect(medpeft('run', spec).status).toBe(0);
      expect(['base', 'layernorm', 'lora'].map(state)).toEqual(['queued', 'queued', 'queued']);
      const before = waitingJobs();
      expect(medpeft('run', spec).stderr).toContain('3 runs on the cluster already');
      expect(waitingJobs()).toEqual(before);
      const array = job('lora').split('_')[0]!;
      expect(medpeft('cancel', folderOf('layernorm')).status).toBe(0);
      expect(state('layernorm')).toBe('cancelled');
      expect(waitingJobs()).not.toContain(job('lora').replace(/\d+$/, '1'));
      cluster.call('scancel', array);
    } finally {
      undrain();
    }
    await becomes('lora', 'cancelled');
    await becomes('base', 'cancelled');
    expect(readEvents(folderOf('lora')).events.map(({ type }) => type)).toEqual(['run_cancelled']);
  });

  it('finishes; the small model here, the one that is named on the cluster', async () => {
    const { spec, becomes } = experiment({ executor: { tiny: 'slurm' } });
    const { status, stderr } = medpeft('run', spec, '--method', 'base');
    expect(status).toBe(0);
    expect(stderr).toContain('1 run submitted to Slurm as job');
    await becomes('base', 'finished');
    const again = medpeft('run', spec, '--method', 'base');
    expect(again.stderr).toContain('1 run is finished already');
    expect(again.stdout).toContain('base');
  });

  it('start from the editor together: small ones are performed here, the large one is submitted', async () => {
    const { spec, folder } = experiment({ executor: { large: 'slurm' } });
    const text = JSON.parse(readFileSync(spec, 'utf8')) as object;
    const models = { large: { family: 'blip_vqa', path: 'model', normalization: 'clip' } };
    writeFileSync(spec, JSON.stringify({ ...text, models }));
    const started = launchCli({
      node: { path: process.execPath, version: '', source: 'PATH', env: cluster.environment },
      cli,
      args: runArguments(spec, { methods: ['base'] }),
      cwd: folder,
      logFile: path.join(folder, 'log.txt'),
    });
    expect(await started.exit, readFileSync(path.join(folder, 'log.txt'), 'utf8')).toEqual({ code: 0, signal: null });
    const stateOf = (model: string) =>
      listRuns(path.join(folder, 'runs')).find(({ manifest }) => manifest.model === model)?.state;
    expect(stateOf('tiny')).toBe('finished');
    expect(readFileSync(path.join(folder, 'log.txt'), 'utf8')).toContain('1 run submitted to Slurm as job');
    await vi.waitFor(() => expect(stateOf('large')).toBe('finished'), patience);
  });

  it('that is queued again writes a checkpoint, says so, goes on from there, and ends with the same bytes', async () => {
    const { spec, folderOf, becomes, reaches, leavesTheQueue, job } = experiment();
    expect(medpeft('run', spec, ...only('lora')).status).toBe(0);
    const task = job('lora');
    await reaches('lora', 15);
    cluster.call('scontrol', 'requeue', task);
    await becomes('lora', 'queued');
    await leavesTheQueue('lora');
    await becomes('lora', 'finished');
    expect(readEvents(folderOf('lora')).events.some(({ type }) => type === 'run_resumed')).toBe(true);
    expectSameBytes(folderOf('lora'));
  });

  it('that meets its time limit has itself queued again', async () => {
    const { spec, folderOf, becomes, reaches, leavesTheQueue, job } = experiment();
    expect(medpeft('run', spec, ...only('lora')).status).toBe(0);
    const task = job('lora');
    await reaches('lora', 15);
    // as --signal=B:USR1 does before the limit
    cluster.call('scancel', '--batch', '--signal=USR1', task);
    await becomes('lora', 'queued');
    await leavesTheQueue('lora');
    await becomes('lora', 'finished');
    expectSameBytes(folderOf('lora'));
  });

  it('of a cancelled array stops after a checkpoint; what waited is cancelled, too; a new submission goes on', async () => {
    const { spec, folderOf, becomes, reaches, step, job } = experiment({ slurm: { max_running: 1 } });
    expect(medpeft('run', spec, ...only('lora'), '--method', 'layernorm').status).toBe(0);
    const array = job('layernorm').split('_')[0]!;
    await reaches('layernorm', 15);
    cluster.call('scancel', array);
    await becomes('layernorm', 'cancelled');
    await becomes('lora', 'cancelled');
    expect(step('layernorm')).toBeGreaterThanOrEqual(15);
    expect(medpeft('resume', folderOf('layernorm')).status).toBe(0);
    expect(readRun(folderOf('layernorm')).state).toBe('queued');
    await becomes('layernorm', 'finished');
    expect(readEvents(folderOf('layernorm')).events.some(({ type }) => type === 'run_resumed')).toBe(true);
  });

  it('outlives the node’s daemon; taken away with its node it is interrupted, and goes on when the node is back', async () => {
    const { spec, folderOf, becomes, reaches, leavesTheQueue, step } = experiment();
    expect(medpeft('run', spec, ...only('lora')).status).toBe(0);
    await reaches('lora', 15);
    await cluster.killDaemon();
    await reaches('lora', step('lora') + 5);
    cluster.startDaemon();
    await reaches('lora', step('lora') + 5);
    await cluster.killNode();
    await becomes('lora', 'interrupted');
    cluster.startDaemon();
    await leavesTheQueue('lora');
    await becomes('lora', 'finished');
    expectSameBytes(folderOf('lora'));
  });
});

describe('where there is no Slurm', () => {
  it('is told so (MP4201), with what to do', () => {
    const folder = temporaryFolder();
    cpSync(workspace, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
    const { status, stderr } = spawnSync(
      process.execPath,
      [cli, 'run', path.join(folder, 'tiny.medpeft.json'), '--executor', 'slurm'],
      { encoding: 'utf8', env: { ...process.env, PATH: '/nowhere' } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('MP4201 Slurm is not here: there is no sbatch on the PATH');
    expect(stderr).toContain('--executor local');
  });
});
