/** A planned run of the tiny workspace: a random BLIP of 27 thousand parameters on 50 questions of VQA-RAD. */
import path from 'node:path';
import { inspectCheckpoint } from '../../../runner/models';
import type { PlannedRun } from '../../../runner/plan/types';
import { fakeRun } from './fake';

export const workspace = path.resolve(import.meta.dirname, '../../fixtures/workspace');

export function tinyRun(outputDir: string, method: 'layernorm' | 'lora' | 'base' = 'layernorm'): PlannedRun {
  const model = path.join(workspace, 'model');
  const run = fakeRun(outputDir, { max_steps: 24, eval_steps: 8, save_steps: 4, batch_size: 8 });
  const components = {
    base: {},
    layernorm: { vision_encoder: ['norms'], text_encoder: ['norms'], text_decoder: ['norms'] },
    lora: { text_encoder: ['lora4'], text_decoder: ['lora4'] },
  };
  return {
    ...run,
    id: `tiny--vqa--${method}--seed0--0`,
    specFile: path.join(workspace, 'tiny.medpeft.json'),
    specName: 'tiny',
    methodName: method,
    model: { family: 'blip_vqa', path: model, normalization: 'clip' },
    task: {
      type: 'vqa',
      train: ['rad/train'],
      validation: { from: 'rad/train', fraction: 0.3, by: 'item', seed: 0 },
      test: ['rad/test'],
      max_question_tokens: 16,
      metrics: ['exact_match', 'closed_accuracy', 'open_accuracy'],
      generation: { num_beams: 1, max_new_tokens: 3, min_new_tokens: 0, length_penalty: 1, question_mask: 'keep' },
    },
    method: { components: components[method], learningRate: 0.03 },
    datasets: { rad: { format: 'vqa_rad', path: path.join(workspace, 'data') } },
    parameterGroups: { norms: { kind: 'layernorm' } },
    adapters: { lora4: { type: 'lora', rank: 4, targets: ['query', 'value'] } },
    hashes: { model: inspectCheckpoint(model, 'blip_vqa').hash, data: {} },
    runtime: { backend: 'onnxruntime', device: 'cpu', memory: 'auto', threads: 1 },
  };
}
