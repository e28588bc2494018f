/**
 * `npm run oracle:nlg [-- --golden]`: compares BLEU, ROUGE-L, CIDEr and METEOR with the Python package pycocoevalcap, and the jar in it, on thousands of
 * generated pairs. PYTHON names a Python that has it (`pip install pycocoevalcap numpy`); `java` must be there. `--golden` also writes the small file that the unit tests hold.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { scoreItems } from '../runner/metrics';

export interface Oracle {
  items: { prediction: string; references: string[] }[];
  /** Metric id -> score of all items, and of each. */
  values: Record<string, number>;
  scores: Record<string, number[]>;
}

const tolerance = 1e-6;
const goldenFile = 'test/fixtures/metrics/nlg.json';

function askPython(count: number, seed: number): { text: string; oracle: Oracle } {
  const args = ['scripts/oracle/nlg.py', String(count), String(seed)];
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  const text = execFileSync(process.env.PYTHON ?? 'python3', args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio });
  return { text, oracle: JSON.parse(text) as Oracle };
}

function largestDifferences({ items, values, scores }: Oracle): [string, number][] {
  const ids = Object.keys(values);
  const own = scoreItems(
    items.map(({ references }) => ({ answer: references })),
    items.map(({ prediction }) => prediction),
    ids,
  );
  return ids.map((id) => [
    id,
    Math.max(
      Math.abs(own.values[id]!.value! - values[id]!),
      ...scores[id]!.map((score, i) => Math.abs(score - own.items[i]![id]!)),
    ),
  ]);
}

let worst = 0;
for (const [count, seed] of [
  [1, 1],
  [2, 2],
  [100, 3],
  [3000, 4],
] as const) {
  for (const [id, difference] of largestDifferences(askPython(count, seed).oracle)) {
    worst = Math.max(worst, difference);
    console.log(
      `${String(count).padStart(5)} pairs  ${id.padEnd(28)} largest difference ${difference.toExponential(1)}`,
    );
  }
}
if (process.argv.includes('--golden')) writeFileSync(goldenFile, `${askPython(40, 5).text}\n`);
console.log(worst <= tolerance ? `all within ${tolerance}` : `DIFFERENT: ${worst} is more than ${tolerance}`);
process.exitCode = worst <= tolerance ? 0 : 1;
