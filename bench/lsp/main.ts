/** The language server beside the library of VS Code's JSON server: `npm run bench -- lsp [--rounds N] [--edits N]`. */
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePage } from '../results';
import { type Measured, measure, requests } from './measure';
import { keepLspResults, quantile } from './results';
import { makeWorkload } from './workload';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    edits: { type: 'string', default: '2000' },
    work: { type: 'string', default: path.join(os.tmpdir(), 'medpeft-bench-lsp') },
  },
});

async function main(): Promise<void> {
  mkdirSync(options.work, { recursive: true });
  const work = makeWorkload(options.work);
  const settings = { rounds: Number(options.rounds), edits: Number(options.edits) };
  const sides: Partial<Record<'medpeft' | 'json', Measured>> = {};
  for (const [name, bundle] of [
    ['medpeft', 'server.js'],
    ['json', 'json_server.js'],
  ] as const) {
    const measured = await measure(path.join(__dirname, bundle), work, { ...settings, ours: name === 'medpeft' });
    sides[name] = measured;
    console.log(name, summary(measured));
  }
  const lines = work.text.split('\n').length - 1;
  keepLspResults({
    machine: `${os.cpus()[0]!.model}, ${os.availableParallelism()} threads`,
    date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[1]!,
    lines,
    tensors: work.tensors,
    items: work.items,
    sides: sides as Record<'medpeft' | 'json', Measured>,
  });
  writePage();
}

function summary({ start, warm, cold, diagnostics, memory }: Measured) {
  const p = (times: readonly number[]) => [0.5, 0.95].map((share) => quantile(times, share).toFixed(1)).join('/');
  return {
    start: p(start),
    ...Object.fromEntries(requests.map((name) => [name, `${p(warm[name])} changed ${p(cold[name])}`])),
    diagnostics: p(diagnostics),
    memory: memory.map(({ megabytes }) => megabytes).join(' '),
  };
}

void main();
