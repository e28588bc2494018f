/**
 * `npm run support [-- TEXT]`: tries every method on every model family and task, and writes docs/support.md. With TEXT only rows whose name, such as
 * `onnxruntime cpu, vqa, lora`, has it in it; what is known of the others stays.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Cell, tryCell } from './support/cell';
import { methods } from './support/methods';
import { page, type Results } from './support/table';
import { type Backend, familyNames, furnish, taskNames } from './support/workplace';

/** Where cells are tried; each becomes a section. */
const backends: readonly Backend[] = [
  { backend: 'onnxruntime', device: 'cpu' },
  { backend: 'tfjs', device: 'cpu' },
];
const resultsFile = 'scripts/support/results.json';

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-support-'));
  const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
  const asked = process.argv[2] ?? '';
  try {
    furnish(folder);
    for (const backend of backends)
      for (const task of taskNames)
        for (const method of Object.keys(methods)) {
          const section = `${backend.backend} ${backend.device}`;
          const name = `${section}, ${task}, ${method}`;
          if (!name.includes(asked)) continue;
          console.error(name);
          const row: Record<string, Cell> = {};
          for (const family of familyNames) row[family] = await tryCell(folder, { task, method, family }, backend);
          results[section] ??= {};
          results[section][task] ??= {};
          results[section][task][method] = row;
        }
  } finally {
    rmSync(folder, { recursive: true });
  }
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync('docs/support.md', page(results));
}

void main();
