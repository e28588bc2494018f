/**
 * `npm run bench -- backends [BACKEND/DEVICE]… [--threads N]`: times the same programs on each, one after the other, and PyTorch beside them; without names, on all that this machine has.
 * PyTorch comes from a venv in the user's cache, made when it is first needed.
 */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { everyDevice } from '../../runner/backends';
import { python } from '../../scripts/python';
import { writePage } from '../results';
import { keepBackend, type Measured } from './results';

const pytorch = 'pytorch/cpu';
const everywhere = [...everyDevice().map(({ backend, device }) => `${backend}/${device}`), pytorch];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: String(os.availableParallelism()) } },
});

/** Vulkan's drivers are chosen by this variable where there is no GPU (docs/backends.md). */
const inSoftware = /swiftshader/i.test(process.env.VK_DRIVER_FILES ?? '');
const columnOf = (name: string) =>
  `${name.replace('/', ' ')}${name.endsWith('/webgpu') && inSoftware ? ' on SwiftShader' : ''}`;

/** What a process answers: its figures, or why the device cannot be had. */
type Answer = Pick<Measured, 'version' | 'threads' | 'milliseconds'> | { refused: string };

function asked(name: string): Answer {
  const [backend, device] = name.split('/') as [string, string];
  const [program, ...words] =
    name === pytorch
      ? [python(), 'bench/backends/pytorch.py', options.threads]
      : [process.execPath, path.join(__dirname, 'measure.js'), backend, device, options.threads];
  const answer = execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(answer.trim().split('\n').at(-1)!) as Answer;
}

for (const name of positionals.length > 0 ? positionals : everywhere) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
  const answer = asked(name);
  if ('refused' in answer) {
    console.log(`left out: ${answer.refused}`);
    continue;
  }
  console.table(answer.milliseconds);
  keepBackend(columnOf(name), {
    ...answer,
    machine: `${os.cpus()[0]!.model}, ${Math.round(os.totalmem() / 2 ** 30)} GB`,
    load: os.loadavg()[1]!,
    date: new Date().toISOString().slice(0, 10),
  });
}
writePage();
