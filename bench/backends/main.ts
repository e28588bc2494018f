/** `npm run bench -- backends [BACKEND/DEVICE]… [--threads N]`: times the same programs on each, one after the other; without names, on all that this machine has without a GPU. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePage } from '../results';
import { keepBackend, type Measured } from './results';

const everywhere = ['onnxruntime/cpu', 'tfjs/cpu', 'tfjs/wasm', 'tfjs/js'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: String(os.availableParallelism()) } },
});

for (const name of positionals.length > 0 ? positionals : everywhere) {
  console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
  const [backend, device] = name.split('/') as [string, string];
  const words = [path.join(__dirname, 'measure.js'), backend, device, options.threads];
  const answer = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const measured = JSON.parse(answer.trim().split('\n').at(-1)!) as Pick<
    Measured,
    'version' | 'threads' | 'milliseconds'
  >;
  console.table(measured.milliseconds);
  const machine = `${os.cpus()[0]!.model}, ${Math.round(os.totalmem() / 2 ** 30)} GB`;
  keepBackend(`${backend} ${device}`, {
    ...measured,
    machine,
    load: os.loadavg()[1]!,
    date: new Date().toISOString().slice(0, 10),
  });
}
writePage();
