/** Planned runs of the tiny workspace: a random BLIP of 27 thousand parameters on 50 questions of VQA-RAD, tuned by every method. */
import path from 'node:path';
import { unsupportedAdapter } from '../../../runner/methods/adapters';
import { inspectCheckpoint } from '../../../runner/models';
import type { PlannedRun } from '../../../runner/plan/types';
import type { Adapter } from '../../../schemas/generated/spec';
import { fakeRun } from './fake';

export const workspace = path.resolve('test/fixtures/workspace');

type Tuned = Pick<PlannedRun, 'method'> & Partial<Pick<PlannedRun, 'parameterGroups' | 'adapters'>>;

const rate = 0.03;
const everywhere = (name: string) => ({ vision_encoder: [name], text_encoder: [name], text_decoder: [name] });
const group = (
  kind: 'layernorm' | 'attention' | 'ffn' | 'embeddings' | 'head',
  components = everywhere('group'),
): Tuned => ({
  method: { components, learningRate: rate },
  parameterGroups: { group: { kind } },
});
const adapter = (settings: Adapter, ...components: ('text_encoder' | 'text_decoder')[]): Tuned => ({
  method: { components: Object.fromEntries(components.map((component) => [component, ['added']])), learningRate: rate },
  adapters: { added: settings },
});
const both = ['text_encoder', 'text_decoder'] as const;

const table: Readonly<Record<string, Tuned>> = {
  base: { method: { components: {} } },
  layernorm: group('layernorm'),
  attention: group('attention'),
  ffn: group('ffn'),
  embeddings: group('embeddings'),
  head: group('head', { ...everywhere('group'), vision_encoder: [], text_encoder: [] }),
  bias: {
    method: { components: everywhere('group'), learningRate: rate },
    parameterGroups: { group: { parameters: ['bias'] } },
  },
  full: { method: { components: everywhere('all'), learningRate: 0.003 } },
  rates: {
    method: { components: everywhere('group'), learningRateCandidates: [0.003, rate] },
    parameterGroups: { group: { kind: 'layernorm' } },
  },
  lora: adapter({ type: 'lora', rank: 4, targets: ['query', 'value'] }, ...both),
  lora_dropout: adapter({ type: 'lora', rank: 4, dropout: 0.2, targets: ['query', 'value'] }, ...both),
  rslora: adapter({ type: 'lora', rank: 4, targets: ['query', 'value'], use_rslora: true }, ...both),
  dora: adapter({ type: 'lora', rank: 4, targets: ['query', 'value'], use_dora: true }, ...both),
  ia3: adapter({ type: 'ia3', targets: ['key', 'value', 'ffn_output'] }, ...both),
  prefix: adapter({ type: 'prefix', num_virtual_tokens: 3 }, 'text_decoder'),
  projected_prefix: adapter(
    { type: 'prefix', num_virtual_tokens: 3, projection: true, projection_size: 6 },
    'text_decoder',
  ),
  prompt: adapter({ type: 'prompt', num_virtual_tokens: 3 }, 'text_decoder'),
  houlsby: adapter({ type: 'houlsby', bottleneck_size: 4 }, ...both),
  pfeiffer: adapter({ type: 'pfeiffer', bottleneck_size: 4 }, ...both),
  parallel: adapter({ type: 'parallel', bottleneck_size: 4 }, ...both),
};

/** Every method of the table that trains and that this version computes. */
export const tinyMethods = Object.keys(table).filter(
  (name) =>
    name !== 'base' &&
    Object.values(table[name]!.adapters ?? {}).every((settings) => unsupportedAdapter(settings) === undefined),
);

export function tinyRun(outputDir: string, name = 'layernorm'): PlannedRun {
  const model = path.join(workspace, 'model');
  const run = fakeRun(outputDir, { max_steps: 24, eval_steps: 8, save_steps: 4, batch_size: 8 });
  return {
    ...run,
    id: `tiny--vqa--${name}--seed0--0`,
    specFile: path.join(workspace, 'tiny.medpeft.json'),
    specName: 'tiny',
    methodName: name,
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
    datasets: { rad: { format: 'vqa_rad', path: path.join(workspace, 'data') } },
    ...structuredClone(table[name]!),
    hashes: { model: inspectCheckpoint(model, 'blip_vqa').hash, data: {} },
    runtime: { backend: 'onnxruntime', device: 'cpu', memory: 'auto', threads: 1 },
  };
}
