/** Estimated memory and time against measured runs. Sources: bench/results.json (as docs/benchmarks.md shows it); the demo, measured with `medpeft run --max-steps 40`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { config as largeConfig } from '../../../bench/large/checkpoint';
import { readLargeResults } from '../../../bench/large/results';
import { methods as largeMethods, rows as largeRows } from '../../../bench/large/rows';
import { configOf } from '../../../bench/random_model';
import type { Results } from '../../../bench/results';
import { blipBase, lengths, methods } from '../../../bench/rows';
import { select } from '../../../runner/methods/select';
import { inspectCheckpoint } from '../../../runner/models';
import type { FrozenPrecision } from '../../../runner/models/precision';
import { planRuns } from '../../../runner/plan';
import { memoryNeeds } from '../../../runner/plan/memory';
import { budgetOf } from '../../../runner/plan/memory_budget';
import { peakMemory } from '../../../runner/plan/peak';
import { loadSpec } from '../../../runner/spec';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'medpeft-memory-'));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(configOf(blipBase)));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Within a quarter of what was measured. */
function near(estimate: number, measured: number): void {
  expect(estimate / measured).toBeGreaterThan(0.75);
  expect(estimate / measured).toBeLessThan(1.25);
}

const needsOf = (method: string, rows: number, precision?: FrozenPrecision) => {
  const checkpoint = inspectCheckpoint(folder, 'blip_vqa');
  const sizes = { rows, images: rows, questionTokens: lengths.question, answerTokens: lengths.answer };
  const others = { images: rows, accumulates: false, precision };
  return memoryNeeds(checkpoint, select(checkpoint.parameters, methods[method]!), sizes, others)!;
};

describe('BLIP-VQA base, from config.json alone', () => {
  const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as Results;
  const steps = Object.entries(results).filter(([name]) => name.startsWith('step'));
  it.each(steps)('%s: as benchmarked', (_, { method, batch, precision, engine }) => {
    near(needsOf(method, batch, precision).bytes, engine.peak);
  });

  const foretold = steps.filter(([, { planned }]) => planned);
  it.each(foretold)('%s: seconds as benchmarked', (_, { planned, engine }) => {
    const seconds = engine.steps.map((step) => step.seconds).sort((a, b) => a - b);
    near(planned!.seconds, seconds[seconds.length >> 1]!);
  });

  it('a larger batch takes more, keeping nothing takes less', () => {
    const [four, eight] = [needsOf('layernorm', 4), needsOf('layernorm', 8)];
    expect(eight.savedBytes).toBeCloseTo(2 * four.savedBytes, -6);
    expect(four.recomputedBytes).toBeLessThan(four.bytes - 0.8 * four.savedBytes);
    expect(four.leastBytes).toBeLessThan(four.recomputedBytes);
  });

  it.each([
    ['layernorm', 361e6],
    ['full', 0],
  ] as const)('%s: matrices in float16 take two bytes less for each of %d frozen values', (method, frozen) => {
    const [whole, half] = [needsOf(method, 4), needsOf(method, 4, 'float16')];
    // beside them lie the few that are widened at once
    expect(whole.recomputedBytes - half.recomputedBytes).toBeGreaterThan(0.9 * 2 * frozen - 1);
    expect(whole.recomputedBytes - half.recomputedBytes).toBeLessThanOrEqual(2 * frozen);
  });
});

it.each(Object.entries(readLargeResults()))('LLaVA-Med v1.5, %s: as benchmarked under its limit', (name, row) => {
  near(row.planned, row.peak);
  const { method, bits, precision } = largeRows[name]!;
  if (bits) return; // how a copy stores its matrices is not in config.json
  const large = path.join(folder, name);
  mkdirSync(large);
  writeFileSync(path.join(large, 'config.json'), JSON.stringify(largeConfig));
  const checkpoint = inspectCheckpoint(large, 'llava');
  const sizes = { rows: 1, images: 1, questionTokens: 14, answerTokens: 4 };
  const selection = select(checkpoint.parameters, largeMethods[method]!);
  const memory = memoryNeeds(checkpoint, selection, sizes, { images: 1, accumulates: false, precision });
  near(peakMemory({ memory, runtime: { backend: '', device: '', memory: row.allowed } })!, row.peak);
});

it('the demo: within a quarter of what its runs had resident', async () => {
  const { runs } = await planRuns(loadSpec('examples/vqa-rad/compare.medpeft.json'), { maxSteps: 40 });
  const measured: Record<string, number> = { base: 189e6, layernorm: 235e6, lora: 232e6, full: 262e6 };
  for (const { methodName, memory } of runs) if (measured[methodName]) near(memory!.bytes, measured[methodName]);
});

describe('what a step may keep', () => {
  const memory = { bytes: 3e9, recomputedBytes: 2e9, leastBytes: 1e9, savedBytes: 1.2e9 };
  const run = (setting: 'auto' | number) => ({ memory, runtime: { backend: '', device: '', memory: setting } });
  it.each([
    ['all, where there is room', 'auto' as const, 4e9, { keptBytes: Number.POSITIVE_INFINITY }],
    ['what is left, where little is free', 'auto' as const, 2.5e9, { keptBytes: 0.7e9 }],
    ['what the setting leaves', 2.2e9, 4e9, { keptBytes: 0.4e9 }],
    ['for backward before weights, where these do not fit', 1.9e9, 4e9, { keptBytes: 0.9e9, residentBytes: 0 }],
    ['weights with the rest', 1.9e9, 4e9, { keptBytes: 0.5e9, residentBytes: 0.4e9 }, { ...memory, savedBytes: 0.5e9 }],
    ['nothing, where less is free than it needs', 'auto' as const, 0.5e9, { keptBytes: 0, residentBytes: 0 }],
  ])('%s', (_, setting, free, budget, needs = memory) => {
    expect(budgetOf({ ...run(setting), memory: needs }, { total: 8e9, free })).toEqual(budget);
  });

  it.each([
    ['what it asks for, where there is room', 'auto' as const, 4e9, 3e9],
    ['what is free, where it could use more', 'auto' as const, 2e9, 2e9],
    ['what it needs at least, where less is free', 'auto' as const, 0.5e9, 1e9],
    ['what the setting allows', 2.5e9, 0.5e9, 2.5e9],
  ])('a run takes %s', (_, setting, free, peak) => {
    expect(peakMemory(run(setting), free)).toBe(peak);
  });

  it.each([
    ['the machine', 'auto' as const, { total: 0.9e9, free: 0.5e9 }, 'there are 900 MB'],
    ['the setting', 0.8e9, { total: 8e9, free: 4e9 }, 'runtime.memory allows 800 MB'],
  ])('a run that does not fit %s is refused with advice', (_, setting, machine, words) => {
    const refusal = expect(() => budgetOf(run(setting), machine));
    refusal.toThrow(expect.objectContaining({ code: 'MP4014', message: expect.stringContaining(words) }));
    refusal.toThrow(expect.objectContaining({ hint: expect.stringContaining('batch_size') }));
  });
});
