/** A real Slurm of one machine in a temporary folder: its own munged, slurmctld and slurmd on free ports, from Debian's packages. Runs as the present user. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';

/** Which programs it needs are not here; empty where it can be started. */
export const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter(
  (program) => spawnSync('which', [program]).status !== 0,
);

export interface Cluster {
  /** For processes that are to find it. */
  environment: NodeJS.ProcessEnv;
  /** Runs one of Slurm's commands. @returns what it printed */
  call(program: string, ...words: string[]): string;
  /** Takes the node away as a power cut would: the daemon, what watches its tasks, and the tasks. */
  killNode(): Promise<void>;
  /** Ends the daemon alone; its tasks go on. */
  killDaemon(): Promise<void>;
  startDaemon(): void;
  stop(): Promise<void>;
}

const patience = { timeout: 120_000, interval: 100 };

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once('exit', () => resolve()));

export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-slurm-'));
  // munge refuses folders that others may write to, its clients must be able to enter
  chmodSync(folder, 0o755);
  const at = (name: string) => path.join(folder, name);
  for (const name of ['state', 'spool', 'munge']) mkdirSync(at(name), { mode: 0o700 });
  writeFileSync(at('munge/key'), randomBytes(1024), { mode: 0o400 });
  const host = os.hostname().split('.')[0]!;
  const { username } = os.userInfo();
  writeFileSync(
    at('slurm.conf'),
    `ClusterName=medpeft
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
AuthType=auth/munge
AuthInfo=socket=${at('munge.sock')}
CredType=cred/munge
SlurmUser=${username}
SlurmdUser=${username}
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
ReturnToService=2
SlurmdTimeout=10
MinJobAge=300
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  const environment = { ...process.env, SLURM_CONF: at('slurm.conf') };
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...words: string[]) => {
    const child = spawn(program, words, { env: environment, stdio: 'ignore', detached: true });
    daemons.push(child);
    return child;
  };
  const call = (program: string, ...words: string[]) =>
    execFileSync(program, words, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  start(
    'munged',
    '--foreground',
    '--force',
    `--key-file=${at('munge/key')}`,
    `--socket=${at('munge.sock')}`,
    `--pid-file=${at('munge/pid')}`,
    `--log-file=${at('munge/log')}`,
    `--seed-file=${at('munge/seed')}`,
  );
  await vi.waitFor(() => {
    if (!existsSync(at('munge.sock'))) throw new Error('munged does not answer');
  }, patience);
  start('slurmctld', '-D', '-f', at('slurm.conf'), '-L', at('slurmctld.log'));
  const startDaemon = () => start('slurmd', '-D', '-f', at('slurm.conf'), '-L', at('slurmd.log'));
  let node = startDaemon();
  const idle = () => {
    if (!/\b(idle|mix|alloc)/.test(call('sinfo', '-h', '-o', '%t'))) throw new Error('the node is not up');
  };

  const killDaemon = async () => {
    node.kill('SIGKILL');
    await ended(node);
  };
  const cluster: Cluster = {
    environment,
    call,
    killDaemon,
    startDaemon() {
      node = startDaemon();
    },
    async killNode() {
      await killDaemon();
      for (const pid of tasksOf(at('slurm.conf'))) process.kill(pid, 'SIGKILL');
    },
    async stop() {
      spawnSync('scancel', ['--user', username], { env: environment });
      for (const child of daemons.reverse()) {
        child.kill('SIGKILL');
        await ended(child);
      }
      for (const pid of tasksOf(at('slurm.conf'))) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await vi.waitFor(idle, patience);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Processes that carry the cluster's environment: those that watch tasks, the tasks, and their children. */
function tasksOf(conf: string): number[] {
  const text = (file: string) => {
    try {
      return readFileSync(file, 'latin1');
    } catch {
      return '';
    }
  };
  return execFileSync('ps', ['-eo', 'pid='], { encoding: 'utf8' })
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => {
      const inside = text(`/proc/${pid}/environ`);
      const isTask = inside.includes(`SLURM_CONF=${conf}`) && inside.includes('SLURM_JOB_ID=');
      return isTask || (text(`/proc/${pid}/cmdline`).startsWith('slurmstepd') && inside.includes(conf));
    });
}
