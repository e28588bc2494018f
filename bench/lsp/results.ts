/** What was measured of the language server, in bench/lsp/results.json, and its part of docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Measured, requests } from './measure';

export interface LspResults {
  machine: string;
  date: string;
  load: number;
  lines: number;
  tensors: number;
  items: number;
  sides: Record<'medpeft' | 'json', Measured>;
}

const file = 'bench/lsp/results.json';

export function keepLspResults(results: LspResults): void {
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value);

export function quantile(values: readonly number[], share: number): number {
  const order = [...values].sort((a, b) => a - b);
  return order[Math.min(order.length - 1, Math.ceil(share * order.length) - 1)]!;
}

/** Markdown; nothing where nothing was measured yet. */
export function lspPart(): string {
  if (!existsSync(file)) return '';
  const { machine, date, load, lines, tensors, items, sides } = JSON.parse(readFileSync(file, 'utf8')) as LspResults;
  const both = (times: (side: Measured) => readonly number[], digits: number) =>
    [sides.medpeft, sides.json].flatMap((side) =>
      [0.5, 0.95].map((share) => quantile(times(side), share).toFixed(digits)),
    );
  const rows = [
    ...requests.flatMap((name) => [
      [`${name}, text asked before`, '≤ 10', ...both(({ warm }) => warm[name], 1)],
      [`${name}, text just changed`, '≤ 10', ...both(({ cold }) => cold[name], 1)],
    ]),
    ['diagnostics after a key', '≤ 50', ...both(({ diagnostics }) => diagnostics, 1)],
    ['start to first diagnostics', '≤ 500', ...both(({ start }) => start, 0)],
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const memory = (side: Measured) =>
    side.memory.map(({ edits, megabytes }) => `${megabytes} MB after ${edits}`).join(', ');
  return `
## The language server

\`npm run bench -- lsp\`, from \`bench/lsp/results.json\`: over JSON-RPC, as an editor asks, on a spec of ${lines.toLocaleString('en')} lines with a checkpoint of ${tensors.toLocaleString('en')} tensors and a data set of ${items.toLocaleString('en')} items, both read before. Beside
it the library of VS Code's own JSON server on the same text with the same schema; it knows neither checkpoint nor data, and has no definitions. ${machine}, ${date}, load ${load.toFixed(1)}.

${[
  line(['milliseconds', 'aim (p95)', 'p50', 'p95', 'JSON p50', 'JSON p95']),
  line(['---', '---', '---:', '---:', '---:', '---:']),
  ...rows.map(line),
].join('\n')}

Memory while somebody types, the server's process: ${memory(sides.medpeft)} keys. The JSON library: ${memory(sides.json)} keys.
`;
}
