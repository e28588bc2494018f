import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSpec, loadSpec, nearest } from '../../../runner/spec';
import { editDistance } from '../../../runner/spec/nearest';
import { valueAt } from '../../../runner/spec/values';
import { describeShared, sharedPath } from '../../shared';

const root = path.resolve(import.meta.dirname, '../../fixtures/specs');

describe('extends', () => {
  const { spec, bases } = loadSpec(path.join(root, 'good/extending.medpeft.json'));

  it('merges objects key by key and keeps what is not named', () => {
    expect(spec).toMatchObject({
      name: 'extending',
      methods: { layernorm: { components: { '*': 'norms' }, learning_rate: 3e-3 } },
      adapters: { lora_vision: { rank: 2, alpha: 8 } },
      tasks: { vqa: { select_by: 'closed_accuracy', train: ['rad/train'] } },
    });
    expect(spec).not.toHaveProperty('extends');
    expect(bases).toEqual([path.join(root, 'good/base.medpeft.json')]);
  });

  it('keeps the meaning of paths of a base in another folder', () => {
    const text = '{ "version": 1, "extends": "specs/good/base.medpeft.json", "runtime": { "output_dir": "out" } }';
    const file = path.join(root, '../x.medpeft.json');
    const extended = loadSpec(file, { text }).spec!;
    expect(path.resolve(path.dirname(file), extended.models!.tiny!.path)).toBe(path.join(root, 'models/tiny'));
    expect(extended.runtime?.output_dir).toBe('out');
  });

  it.each([
    ['models', '{ "family": "miss", "path": "there" }', 'path'],
    ['datasets', '{ "format": "vqa_rad", "path": "there" }', 'path'],
    ['datasets', '{ "format": "vqa_rad", "path": "d", "image_folder": "there" }', 'image_folder'],
    ['runtime', '"there"', 'output_dir'],
  ])('%s %s of a base in another folder: %s is relative to the base', (section, entry, key) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-base-'));
    mkdirSync(path.join(folder, 'bases'));
    const name = section === 'runtime' ? 'output_dir' : 'x';
    writeFileSync(
      path.join(folder, 'bases/base.medpeft.json'),
      `{ "version": 1, "${section}": { "${name}": ${entry} } }`,
    );
    const text = '{ "version": 1, "extends": "bases/base.medpeft.json" }';
    const { usable } = loadSpec(path.join(folder, 'x.medpeft.json'), { text });
    const merged = valueAt(usable!.spec, section === 'runtime' ? [section, key] : [section, name, key]);
    expect(merged).toBe(path.join('bases', 'there'));
    rmSync(folder, { recursive: true });
  });

  it('replaces lists, and objects of another type, as a whole', () => {
    const text =
      '{ "version": 1, "extends": "good/base.medpeft.json", "seeds": [7], "adapters": { "lora8": { "type": "ia3", "targets": ["key"] } } }';
    const extended = loadSpec(path.join(root, 'x.medpeft.json'), { text }).spec!;
    expect(extended.seeds).toEqual([7]);
    expect(extended.adapters!.lora8).toEqual({ type: 'ia3', targets: ['key'] });
  });

  it('shows what is wrong in a base at `extends`, without a quick fix', () => {
    const text = '{ "version": 1, "extends": "bad/structure.medpeft.json" }';
    const { diagnostics } = loadSpec(path.join(root, 'x.medpeft.json'), { text });
    expect(diagnostics.length).toBeGreaterThan(20);
    for (const { range, suggestion, message } of diagnostics) {
      expect(range.start.character).toBe(28);
      expect(suggestion).toBeUndefined();
      expect(message).toMatch(/^In the spec that this one extends, /);
    }
  });
});

it.each([
  ['lernin_rate', ['learning_rate', 'lr_scheduler'], 'learning_rate'],
  ['batchSize', ['batch_size', 'batching'], 'batch_size'],
  ['epochs', ['num_epochs', 'max_steps'], 'num_epochs'],
  ['steps', ['max_steps', 'warmup_steps'], undefined],
  ['vqq', ['vqa', 'instruction'], 'vqa'],
  ['rad', ['slake', 'iu'], undefined],
  ['norms', [], undefined],
])('nearest to %s of %j is %s', (word, known, expected) => expect(nearest(word, known)).toBe(expected));

it.each([
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
  ['norms', 'norms', 0],
])('distance of %s and %s', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

describeShared('guides', 'the experiment of the paper', () => {
  it('is a valid spec, and all of it is computed', async () => {
    const diagnostics = await checkSpec(loadSpec(sharedPath('guides/paper.medpeft.json')));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).not.toContain('MP1106');
  });
});
