/** What any use of an NVIDIA GPU needs, and what of it is here: driver, GPU, the right to use it, nobody else on it. Nothing is loaded. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

/** Something that a device needs. */
export interface Part {
  name: string;
  /** What was found; absent if it is missing. */
  found?: string;
  /** What makes it be there. */
  hint: string;
}

/** What is asked of a machine. */
export interface Machine {
  /** Standard output of a program; undefined if it is not here or fails. */
  ask(program: string, args: readonly string[]): string | undefined;
  exists(file: string): boolean;
  /** Whether this user may read and write a file. */
  isOpen(file: string): boolean;
}

export const thisMachine: Machine = {
  ask(program, args) {
    try {
      return execFileSync(program, args, { encoding: 'utf8', timeout: 5_000, stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return undefined;
    }
  },
  exists: existsSync,
  isOpen(file) {
    try {
      accessSync(file, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
};

/** CUDA 12's minor versions all run on this driver or a later one. Source: CUDA Compatibility, table 1. */
const leastDriver = 525;

/** In the order in which they are to be had. */
export function nvidiaParts({ ask, exists, isOpen }: Machine = thisMachine): Part[] {
  const query = ['driver_version', 'name', 'memory.total', 'compute_mode'].join(',');
  const listed = ask('nvidia-smi', [`--query-gpu=${query}`, '--format=csv,noheader']);
  const gpus = (listed ?? '')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(',').map((word) => word.trim()));
  const driver = gpus[0]?.[0];
  const isNew = driver !== undefined && Number.parseInt(driver, 10) >= leastDriver;
  // They exist where the driver is loaded; of other systems than Linux nothing is known here.
  const closed = ['/dev/nvidiactl', '/dev/nvidia0'].filter((file) => exists(file) && !isOpen(file));
  // A GPU in this mode takes one process at a time.
  const isExclusive = gpus.length > 0 && gpus.every(([, , , mode]) => mode === 'Exclusive_Process');
  const users = ask('nvidia-smi', ['--query-compute-apps=pid,process_name', '--format=csv,noheader']) ?? '';
  const processes = users.trim().split('\n').filter(Boolean);
  const isTaken = isExclusive && processes.length >= gpus.length;
  return [
    {
      name: 'NVIDIA driver',
      ...(isNew && { found: driver }),
      hint: `${driver === undefined ? '`nvidia-smi` does not answer' : `${driver} is too old for CUDA 12`}: install driver ${leastDriver} or later (\`sudo apt-get install nvidia-driver\`), and start the machine again`,
    },
    {
      name: 'NVIDIA GPU',
      ...(gpus.length > 0 && { found: gpus.map(([, name, memory]) => `${name}, ${memory}`).join('; ') }),
      hint: '`nvidia-smi` lists none; in a container it needs `--gpus all`',
    },
    {
      name: 'right to use it',
      ...(closed.length === 0 && { found: 'yes' }),
      hint: `this user may not use ${closed.join(', ')}: \`sudo usermod -aG render,video $USER\`, then log in again`,
    },
    {
      name: 'free GPU',
      ...(!isTaken && { found: 'yes' }),
      hint: `each GPU takes one process alone and has one (${processes.join('; ')}): wait for its end, or \`sudo nvidia-smi -c DEFAULT\``,
    },
  ];
}
