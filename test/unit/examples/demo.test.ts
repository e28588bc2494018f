/** The demo as it lies in the repository: all data, weights within their budget, specs that hold what they say. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectCheckpoint } from '../../../runner/models';
import { planRuns } from '../../../runner/plan';
import { checkSpec, loadSpec } from '../../../runner/spec';

const demo = path.resolve(import.meta.dirname, '../../../examples/vqa-rad');
const spec = (name: string) => loadSpec(path.join(demo, `${name}.medpeft.json`));

describe('data', () => {
  // Sizes as counted on the full data set; Lau et al. 2018 count 315 images and 2,248 questions without the rephrased ones.
  it.each([
    ['trainset.json', 3064],
    ['testset.json', 451],
  ])('%s has %i questions', (name, count) => {
    expect(JSON.parse(readFileSync(path.join(demo, 'data', name), 'utf8'))).toHaveLength(count);
  });

  it('has all 315 images, and at most 3 MB in all', () => {
    const images = readdirSync(path.join(demo, 'data/images')).map((name) => `images/${name}`);
    expect(images).toHaveLength(315);
    const files = [...images, 'trainset.json', 'testset.json'].map((name) => path.join(demo, 'data', name));
    expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThanOrEqual(3e6);
  });
});

describe('model', () => {
  it('fits its family, has a tokenizer, and weights of at most 8 MB', () => {
    const { parameters, files, extras } = inspectCheckpoint(path.join(demo, 'model'), 'blip_vqa');
    expect(extras).toEqual([]);
    expect(parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(2_634_844);
    expect(statSync(files[0]!).size).toBeLessThanOrEqual(8e6);
    expect(readdirSync(path.join(demo, 'model'))).toEqual(
      expect.arrayContaining(['README.md', 'config.json', 'tokenizer.json', 'preprocessor_config.json']),
    );
  });
});

describe('specs', () => {
  it.each(['compare', 'rates'])('%s has no problem, and every run can be planned', async (name) => {
    const loaded = spec(name);
    // VQA-RAD's own leak, which the README tells of; `rates` names no test split
    expect((await checkSpec(loaded)).map(({ code, severity }) => `${code} ${severity}`)).toEqual(
      name === 'compare' ? ['MP2009 information'] : [],
    );
    const { runs, diagnostics } = await planRuns(loaded);
    expect(diagnostics).toEqual([]);
    expect(runs.length).toBeGreaterThan(5);
  });

  it('rates were chosen on what compare trains on, among others, and without the test set', () => {
    const compare = spec('compare').spec!;
    const rates = spec('rates').spec!;
    const { test, ...task } = compare.tasks!.heads!;
    expect(test).toEqual(['heads/test']);
    expect(rates.tasks).toEqual({ heads: task });
    for (const key of ['models', 'datasets', 'parameter_groups', 'adapters', 'training'] as const)
      expect(rates[key], key).toEqual(compare[key]);
    for (const [name, method] of Object.entries(compare.methods!)) {
      const tried = Object.entries(rates.methods!).filter(([other]) => other.startsWith(`${name}_`) || other === name);
      expect(tried.map(([, other]) => other)).toContainEqual(method);
    }
  });
});
