/**
 * `npm run parity:sizes [COUNT] [SEED]`: has transformers and peft make golden values of small models whose widths, depths, heads, group ratios, image sizes, lengths and
 * ranks are drawn from a seed, and compares this engine with them. Python as for `npm run parity:python`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBackend } from '../runner/backends';
import { renderCase, renderCounts, runParity } from '../runner/parity';
import { python } from './python';

async function main(): Promise<void> {
  const [count, first] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1)];
  const executable = python();
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  for (let seed = first; seed < first + count; seed++) {
    const folder = mkdtempSync(path.join(os.tmpdir(), `medpeft-sizes-${seed}-`));
    const maker = path.resolve('scripts/oracle/parity_folder.py');
    execFileSync(executable, [maker, folder, String(seed)], { stdio: ['ignore', 'ignore', 'inherit'] });
    const cases = await runParity(folder, { backend });
    const unequal = cases.filter(({ status }) => status !== 'passed');
    for (const one of unequal) console.log(renderCase(one));
    console.log(`seed ${seed}: ${renderCounts(cases)}`);
    if (unequal.length > 0) {
      console.log(`the golden values are in ${folder}`);
      process.exitCode = 1;
    } else rmSync(folder, { recursive: true });
  }
}

void main();
