/** How cost grows with work: `npm run bench -- scaling`. Results are kept in bench/scaling/results.json, and docs/scaling.md is written from them. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { recordGrowth, runGrowth } from './folders';
import { page, type Scaling } from './page';
import { epochGrowth, splitAccumulation, stepGrowth } from './steps';

const file = 'bench/scaling/results.json';

async function main(): Promise<void> {
  const told = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    console.log(`${new Date().toISOString().slice(11, 19)} ${what}`);
    return work();
  };
  const scaling: Scaling = {
    machine: `${os.cpus()[0]!.model}, ${os.availableParallelism()} cores`,
    date: new Date().toISOString().slice(0, 10),
    runs: await told('runs', runGrowth),
    records: await told('records', recordGrowth),
    steps: await told('steps', stepGrowth),
    epochs: await told('epochs', epochGrowth),
    split: await told('split', splitAccumulation),
    load: os.loadavg()[1]!,
  };
  writeFileSync(file, `${JSON.stringify(scaling, null, 1)}\n`);
  writeFileSync('docs/scaling.md', page(scaling));
}

void main();
