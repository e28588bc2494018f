/** The language server beside the library of VS Code's JSON server, in turns: `npm run bench -- lsp [--turns N] [--rounds N] [--edits N]`. */
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePage } from '../results';
import { type Memory, measure, memoryOf, type Side, type Times } from './measure';
import { keepLspResults, type Sides, type Summary, summaryOf } from './results';
import { makeWorkload } from './workload';

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '200' },
    edits: { type: 'string', default: '2000' },
    work: { type: 'string', default: path.join(os.tmpdir(), 'medpeft-bench-lsp') },
  },
});

const sides: Sides<Side> = {
  medpeft: { bundle: path.join(__dirname, 'server.js'), ours: true },
  json: { bundle: path.join(__dirname, 'json_server.js'), ours: false },
};
const names = ['medpeft', 'json'] as const;

async function main(): Promise<void> {
  mkdirSync(options.work, { recursive: true });
  const work = makeWorkload(options.work);
  const load = [os.loadavg()[0]!];
  const turns: Sides<Summary<Times>[]> = { medpeft: [], json: [] };
  for (let turn = 0; turn < Number(options.turns); turn++)
    for (const name of names) {
      const summary = summaryOf(await measure(sides[name], work, Number(options.rounds)));
      turns[name].push(summary);
      console.log(name, JSON.stringify(summary));
    }
  load.push(os.loadavg()[0]!);
  const memory: Partial<Sides<Memory>> = {};
  for (const name of names) memory[name] = await memoryOf(sides[name], work, Number(options.edits));
  keepLspResults({
    machine: `${os.cpus()[0]!.model}, ${os.availableParallelism()} threads`,
    date: new Date().toISOString().slice(0, 10),
    load,
    lines: work.text.split('\n').length - 1,
    tensors: work.tensors,
    items: work.items,
    turns,
    memory: memory as Sides<Memory>,
  });
  writePage();
}

void main();
