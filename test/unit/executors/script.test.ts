import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { arrayScript, closeScript } from '../../../runner/executors/slurm/script';
import { taskOf } from '../../../runner/executors/slurm/task';
import { fakeRun } from '../training/fake';

const places = {
  node: '/opt/my node/bin/node',
  cli: '/shared/medpeft/dist/cli.js',
  runs: '/data/runs/.slurm/1/runs.txt',
  logs: '/data/runs/.slurm/1',
};
const run = (bytes?: number) => ({
  ...fakeRun('/data/runs'),
  ...(bytes === undefined ? {} : { memory: { bytes, recomputedBytes: bytes, leastBytes: bytes, savedBytes: 0 } }),
});

describe('the script of an array', () => {
  it('asks for what the largest run needs, and a quarter more', () => {
    const script = arrayScript([run(1e9), run(2e9)], { grace_seconds: 60 }, places);
    expect(script).toContain('\n#SBATCH --array=0-1\n');
    expect(script).toContain(`\n#SBATCH --mem=${Math.ceil(2.5e9 / 2 ** 20)}M\n`);
    expect(script).toContain('\n#SBATCH --signal=B:USR1@60\n');
    expect(script).toContain('\nexec \'/opt/my node/bin/node\' /shared/medpeft/dist/cli.js slurm perform "$run"\n');
  });

  it('leaves the memory to the cluster where a need is unknown and none is set', () => {
    expect(arrayScript([run(1e9), run()], { grace_seconds: 60 }, places)).not.toContain('--mem');
    expect(arrayScript([run()], { grace_seconds: 60, memory: 3 * 2 ** 30 }, places)).toContain('--mem=3072M');
  });

  it('hands on every setting, and is a shell script without a mistake', () => {
    const settings = {
      grace_seconds: 60,
      partition: 'gpu',
      time: '1-02:00:00',
      cpus_per_task: 4,
      gpus: 2,
      account: 'lab',
      qos: 'low',
      max_running: 3,
      options: ['--constraint=a100'],
      setup: ['module load nodejs'],
    };
    const script = arrayScript([run(), run()], settings, places);
    for (const option of [
      'array=0-1%3',
      'cpus-per-task=4',
      'gpus=2',
      'time=1-02:00:00',
      'partition=gpu',
      'account=lab',
      'qos=low',
      'constraint=a100',
    ])
      expect(script).toContain(`\n#SBATCH --${option}\n`);
    for (const text of [script, closeScript(settings, places, '17')])
      expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(closeScript(settings, places, '17')).toContain('slurm close /data/runs/.slurm/1/runs.txt --array 17\n');
  });
});

it('a task knows itself by its environment', () => {
  const environment = { SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '0', SLURM_JOB_ID: '9' };
  expect(taskOf(environment)).toEqual({ job: '7_0', id: '9', restarts: 0 });
  expect(taskOf({ ...environment, SLURM_RESTART_COUNT: '2', SLURM_CPUS_PER_TASK: '4' })).toEqual({
    job: '7_0',
    id: '9',
    restarts: 2,
    threads: 4,
  });
  expect(taskOf({})).toBeUndefined();
});
