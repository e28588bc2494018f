/** A folder with a model (config.json alone), a data set of a few records and a spec, for plans. */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type PlanFilter, planRuns } from '../../../runner/plan';
import { loadSpec } from '../../../runner/spec';
import type { Spec } from '../../../schemas/generated/spec';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/specs');

export const spec: Spec = {
  version: 1,
  name: 'planned',
  models: { tiny: { family: 'blip_vqa', path: 'model' } },
  datasets: { rad: { format: 'vqa_rad', path: 'data' } },
  tasks: {
    vqa: {
      type: 'vqa',
      train: ['rad/train'],
      validation: { from: 'rad/train', fraction: 0.2 },
      test: ['rad/test'],
      metrics: ['exact_match'],
    },
  },
  parameter_groups: { norms: { kind: 'layernorm' }, attn: { kind: 'attention' } },
  adapters: { lora8: { type: 'lora', rank: 8, targets: ['query', 'value'] } },
  methods: {
    base: {},
    layernorm: { components: { '*': 'norms' }, learning_rate: 1e-3 },
    lora: { components: { text: 'lora8' }, learning_rate: 3e-4 },
  },
};

export interface Workspace {
  folder: string;
  plan(changed: Spec, filter?: PlanFilter, options?: { beside?: boolean }): ReturnType<typeof planRuns>;
}

export function makeWorkspace(): Workspace {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-plan-'));
  cpSync(path.join(fixtures, 'models/tiny'), path.join(folder, 'model'), { recursive: true });
  mkdirSync(path.join(folder, 'data/images'), { recursive: true });
  writeData(folder, 'trainset', 10);
  writeData(folder, 'testset', 4);
  return {
    folder,
    plan(changed, filter, options) {
      const file = path.join(folder, 'x.medpeft.json');
      return planRuns(loadSpec(file, { text: JSON.stringify(changed, null, 2) }), filter, options);
    },
  };
}

/** Records with an image each; what the images show is not looked at by a plan. */
export function writeData(folder: string, name: string, count: number, answer = 'yes'): void {
  const records = Array.from({ length: count }, (_, i) => ({
    qid: `${name}${i}`,
    image_name: `${name}${i}.png`,
    image_organ: i % 2 ? 'HEAD' : 'CHEST',
    question: 'is it?',
    answer,
    answer_type: 'CLOSED',
  }));
  for (const { image_name: image } of records) writeFileSync(path.join(folder, 'data/images', image), 'pixels');
  writeFileSync(path.join(folder, `data/${name}.json`), JSON.stringify(records));
}
