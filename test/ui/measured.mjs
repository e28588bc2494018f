// What a benchmark of the views has measured: shown, and put aside for bench/views/results.ts, which has the same in TypeScript.
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../out/views');

const rounded = (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

export function measured(name, values) {
  console.log(`  ${name}: ${JSON.stringify(values, rounded)}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify({ load: os.loadavg()[0], values }, rounded));
}

/** p50, p95, the highest, and how many there are. */
export function spread(values) {
  const order = [...values].sort((a, b) => a - b);
  const at = (share) => order[Math.min(order.length - 1, Math.ceil(share * order.length) - 1)];
  return { p50: at(0.5), p95: at(0.95), worst: order.at(-1), count: order.length };
}
