/**
 * A model of 7.6 billion parameters tuned in a small memory: `npm run bench -- large [--memory BYTES] [--steps N] [--tokens N] [--only METHOD] [--work FOLDER]`. Makes the
 * checkpoint (15 GB) in a temporary folder and removes it in the end, unless --work names one that is to stay. Results are kept in bench/large/results.json.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bytes } from '../../runner/text';
import { writePage } from '../results';
import { writeLargeCheckpoint } from './checkpoint';
import { keepLargeRow } from './results';
import { type Measurement, methods } from './rows';

const { values: options } = parseArgs({
  options: {
    memory: { type: 'string', default: '7500000000' },
    steps: { type: 'string', default: '2' },
    tokens: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    work: { type: 'string' },
  },
});

/** Of the checkpoint, and something to spare. */
const needed = 17e9;

function measure(folder: string, method: string): Measurement {
  const run = path.join(__dirname, 'run.js');
  const words = [run, folder, method, options.memory, options.steps, options.tokens];
  const { status, stdout } = spawnSync(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${method} ended with ${status}`);
  return JSON.parse(stdout.toString()) as Measurement;
}

function main(): void {
  const root = options.work ?? mkdtempSync(path.join(os.tmpdir(), 'medpeft-large-'));
  const folder = path.join(root, 'model');
  try {
    // the index is written last
    if (!existsSync(path.join(folder, 'model.safetensors.index.json'))) {
      const { bavail, bsize } = statfsSync(root);
      if (bavail * bsize < needed)
        throw new Error(
          `${root} has ${bytes(bavail * bsize)} free, the checkpoint needs ${bytes(needed)}: name another folder with --work`,
        );
      console.log(`writing ${bytes(writeLargeCheckpoint(folder))} to ${folder}`);
    }
    for (const method of Object.keys(methods).filter((name) => name.includes(options.only))) {
      console.log(`${new Date().toISOString().slice(11, 19)} ${method}`);
      keepLargeRow(measure(folder, method));
    }
    writePage();
  } finally {
    if (options.work === undefined) rmSync(root, { recursive: true });
  }
}

main();
