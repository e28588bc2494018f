/** What was measured of the language server, in bench/lsp/results.json, and its part of docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Memory, Times } from './measure';
import { requests } from './session';

/** Ours, and the library of VS Code's JSON server. */
export interface Sides<T> {
  medpeft: T;
  json: T;
}

/** Of many times in milliseconds. */
interface Spread {
  p50: number;
  p95: number;
  of: number;
}

/** The spread in the place of every list of times. */
export type Summary<T> = T extends number[] ? Spread : { [K in keyof T]: Summary<T[K]> };

export interface LspResults {
  machine: string;
  date: string;
  /** Of the machine, before and after the turns. */
  load: number[];
  lines: number;
  tensors: number;
  items: number;
  turns: Sides<Summary<Times>[]>;
  memory: Sides<Memory>;
}

const file = 'bench/lsp/results.json';

export function keepLspResults(results: LspResults): void {
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);

export function summaryOf({ start, warm, cold, diagnostics }: Times): Summary<Times> {
  const all = (times: Times['warm']) => ({
    completion: spreadOf(times.completion),
    hover: spreadOf(times.hover),
    definition: spreadOf(times.definition),
  });
  return { start: spreadOf(start), warm: all(warm), cold: all(cold), diagnostics: spreadOf(diagnostics) };
}

const spreadOf = (times: readonly number[]): Spread => ({
  p50: quantile(times, 0.5),
  p95: quantile(times, 0.95),
  of: times.length,
});

function quantile(values: readonly number[], share: number): number {
  const order = [...values].sort((a, b) => a - b);
  return order[Math.min(order.length - 1, Math.ceil(share * order.length) - 1)]!;
}

/** Markdown; nothing where nothing was measured yet. */
export function lspPart(): string {
  if (!existsSync(file)) return '';
  const { machine, date, load, lines, tensors, items, turns, memory } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as LspResults;
  const cells = (of: (turn: Summary<Times>) => Spread, digits: number) => {
    const [ours, theirs] = [turns.medpeft.map(of), turns.json.map(of)];
    const shown = [...medians(ours), Math.max(...ours.map(({ p95 }) => p95)), ...medians(theirs)];
    return [...shown.map((value) => value.toFixed(digits)), String(ours.reduce((sum, one) => sum + one.of, 0))];
  };
  const rows = [
    ...requests.flatMap((name) => [
      [`${name}, text asked before`, '≤ 10', ...cells(({ warm }) => warm[name], 1)],
      [`${name}, right behind a key`, '≤ 10', ...cells(({ cold }) => cold[name], 1)],
    ]),
    ['diagnostics after a key', '≤ 50', ...cells(({ diagnostics }) => diagnostics, 1)],
    ['start to first diagnostics', '≤ 500', ...cells(({ start }) => start, 0)],
  ];
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  const kept = (side: Memory) => side.map(({ edits, megabytes }) => `${megabytes} MB after ${edits}`).join(', ');
  return `
## The language server

\`npm run bench -- lsp\`, from \`bench/lsp/results.json\`: over JSON-RPC, as an editor asks, on a spec of ${lines.toLocaleString('en')} lines with a checkpoint of ${tensors.toLocaleString('en')} tensors and a data set of ${items.toLocaleString('en')} items, both read before. Names, words of the checkpoint and keys of the schema are asked for in turns;
"right behind a key" is asked without a wait for anything, while the new text has still to be read. p50 and p95 are the medians of ${turns.medpeft.length} turns, each in a process of its own and the two servers one after the other; the worst turn's p95 stands beside. The other server is the library of VS Code's own JSON server on the
same text with the same schema; it knows neither checkpoint nor data, and has no definitions. ${machine}, ${date}, load ${load.map((value) => value.toFixed(1)).join(' to ')}; where it is above the threads, other programs were at work.

${[
  line(['milliseconds', 'aim (p95)', 'p50', 'p95', 'worst', 'JSON p50', 'JSON p95', 'of']),
  line(['---', '---', '---:', '---:', '---:', '---:', '---:', '---:']),
  ...rows.map(line),
].join('\n')}

Memory while somebody types, the server's process: ${kept(memory.medpeft)} keys. The JSON library: ${kept(memory.json)} keys.
`;
}

const medians = (spreads: readonly Spread[]) => [
  quantile(
    spreads.map(({ p50 }) => p50),
    0.5,
  ),
  quantile(
    spreads.map(({ p95 }) => p95),
    0.5,
  ),
];
