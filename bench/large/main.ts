/**
 * A model of 7.6 billion parameters tuned in a small memory: `npm run bench -- large [--memory BYTES] [--steps N] [--tokens N] [--only ROW] [--work FOLDER]`. Makes the
 * checkpoint (15 GB), and quantised copies of it for the rows that tune one, in a temporary folder and removes it in the end, unless --work names one that is to stay. Results are kept in bench/large/results.json.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inspectCheckpoint } from '../../runner/models';
import { quantizeCheckpoint } from '../../runner/models/quantize';
import type { Bits } from '../../runner/models/quantized';
import { bytes } from '../../runner/text';
import { writePage } from '../results';
import { writeLargeCheckpoint } from './checkpoint';
import { keepLargeRow } from './results';
import { type Measurement, rows, smallMemory } from './rows';

const { values: options } = parseArgs({
  options: {
    memory: { type: 'string' },
    steps: { type: 'string', default: '2' },
    tokens: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    work: { type: 'string' },
  },
});

const chosen = Object.entries(rows).filter(([name]) => name.includes(options.only));

/** Bytes of the checkpoint and of the copies that the chosen rows tune, each with something to spare. */
const needed = chosen.reduce((sum, [, { bits = 0 }]) => sum + bits * 1.2e9, 17e9);

/** @returns the folder of a copy, which is made where there is none */
function quantized(folder: string, bits: Bits): string {
  const copy = `${folder}-${bits}bits`;
  if (!existsSync(path.join(copy, 'model.safetensors'))) {
    const { after } = quantizeCheckpoint(inspectCheckpoint(folder, 'llava'), copy, bits);
    console.log(`wrote ${bytes(after)} to ${copy}`);
  }
  return copy;
}

function measure(folder: string, name: string): Measurement {
  const run = path.join(__dirname, 'run.js');
  const memory = options.memory ?? String(rows[name]!.memory ?? smallMemory);
  const words = [run, folder, name, memory, options.steps, options.tokens];
  const { status, stdout } = spawnSync(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
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
    for (const [name, { bits }] of chosen) {
      console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
      keepLargeRow(name, measure(bits ? quantized(folder, bits) : folder, name));
    }
    writePage();
  } finally {
    if (options.work === undefined) rmSync(root, { recursive: true });
  }
}

main();
