/** What was measured of backends, in bench/backends/results.json, and its part of docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const file = 'bench/backends/results.json';

/** Milliseconds of one run: on the clock, and of all processors together. */
export interface Taken {
  wall: number;
  cpu: number;
}

export interface Measured {
  version: string;
  threads: number;
  /** Task -> medians of its runs. */
  milliseconds: Record<string, Taken>;
  machine: string;
  load: number;
  date: string;
}

/** `backend device` -> its measurement. */
type Results = Record<string, Measured>;

const readBackendResults = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {});

/** Puts a backend's column in the place of its former measurement. */
export function keepBackend(name: string, measured: Measured): void {
  writeFileSync(file, `${JSON.stringify({ ...readBackendResults(), [name]: measured }, null, 1)}\n`);
}

function figure(taken: Taken | undefined): string {
  if (!taken) return '–';
  const shown = (value: number) => (value >= 99.5 ? value.toFixed(0) : value.toPrecision(2));
  return `${shown(taken.wall)} (${shown(taken.cpu)})`;
}

/** Markdown; nothing where nothing was measured yet. */
export function backendsPart(): string {
  const columns = Object.entries(readBackendResults());
  if (columns.length === 0) return '';
  const set = (of: (measured: Measured) => string) => [...new Set(columns.map(([, one]) => of(one)))].join('; ');
  const tasks = [...new Set(columns.flatMap(([, { milliseconds }]) => Object.keys(milliseconds)))];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const loads = columns.map(([, { load }]) => load);
  return `
## Backends, by operation

\`npm run bench -- backends\`: the programs of a layer of BLIP base's vision encoder (one image, 577 rows of 768), and single operations at its sizes, each backend in a process of its
own. Milliseconds on the clock and, in brackets, of all processors together, which other programs disturb less; medians of up to 50 runs, weights and inputs on the device already, results left there, but for gradients of LayerNorms.
PyTorch's layer is BlipEncoderLayer of transformers, with its own attention. WebGPU on SwiftShader is a GPU in software: it shows which operations run, not how fast a GPU is.

- Machine: ${set(({ machine }) => machine)}. Measured on ${set(({ date }) => date)}, with a load of ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.
- Versions and threads: ${columns.map(([name, { version, threads }]) => `${name}: ${version}, ${threads}`).join('; ')}.

${line(['', ...columns.map(([name]) => name)])}
${line(['---', ...columns.map(() => '---')])}
${tasks.map((task) => line([task, ...columns.map(([, { milliseconds }]) => figure(milliseconds[task]))])).join('\n')}
`;
}
