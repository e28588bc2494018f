/** docs/support.md, made of what was tried. */
import type { Component } from '../../runner/models/types';
import type { Cell } from './cell';

/** Backend and device -> task -> method -> family -> what came of it. */
export type Results = Record<string, Record<string, Record<string, Record<string, Cell>>>>;

const letters: Readonly<Record<Component, string>> = {
  vision_encoder: 'V',
  projector: 'P',
  text_encoder: 'E',
  text_decoder: 'D',
  language_model: 'L',
};

export function page(results: Results): string {
  const legend = Object.entries(letters).map(([component, letter]) => `${letter} ${component}`);
  return `# What works with what

Made by \`npm run support\` from \`scripts/support/results.json\`; not written by hand. Each cell was tried on a small random model of the family and a few items: planned, trained for
four steps in which the loss fell, every tuned tensor that the loss reaches moved and no other did, scored, and trained once more with a stop at its checkpoint, after which
it ended with the same bytes. A cell says where the method, asked for everywhere (\`{"*": …}\`), acts: ${legend.join(', ')}. A number is a refusal before the run, with
its code and reason below the table. Whether the numbers are PyTorch's is another question: \`medpeft parity\`, \`npm run parity:python\`.

${Object.entries(results)
  .map(([backend, tasks]) => backendPart(backend, tasks))
  .join('\n')}
## On other devices

The same programs are computed there, so a method that works above works there as far as the device holds what it needs. What was tried, by \`medpeft parity\` with every golden value, in CI:
tfjs on \`cpu\`, and onnxruntime on \`webgpu\` with SwiftShader, a GPU in software. **Not run on hardware**: onnxruntime on \`webgpu\` and \`cuda\`, tfjs on \`gpu\`. More: [docs/backends.md](backends.md).
`;
}

function backendPart(backend: string, tasks: Results[string]): string {
  return `## ${backend}\n\n${Object.entries(tasks)
    .map(([task, methods]) => `### ${task}\n\n${taskPart(methods)}\n`)
    .join('\n')}`;
}

function taskPart(methods: Results[string][string]): string {
  const [first, ...rest] = Object.values(methods).flatMap((row) => Object.values(row));
  if (first && 'code' in first && rest.every((cell) => 'code' in cell && cell.reason === first.reason))
    return `Refused with every method and family. ${first.code}: ${first.reason}`;
  const families = Object.keys(Object.values(methods)[0]!);
  const refusals: string[] = [];
  const text = (cell: Cell) => {
    if ('components' in cell) return cell.components.map((component) => letters[component]).join(' ');
    const reason = `${cell.code}: ${cell.reason}`;
    if (!refusals.includes(reason)) refusals.push(reason);
    return `(${refusals.indexOf(reason) + 1})`;
  };
  const rows = Object.entries(methods).map(([method, cells]) => [
    method,
    ...families.map((family) => text(cells[family]!)),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['method', ...families];
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  const notes = refusals.map((reason, i) => `${i + 1}. ${reason}`).join('\n');
  return notes === '' ? table : `${table}\n\n${notes}`;
}
