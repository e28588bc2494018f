/** The methods of a parity folder in the words of a spec, and models with them applied. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Adapter, ParameterGroup } from '../../schemas/generated/spec';
import { type MethodSettings, modulePath, select } from '../methods';
import type { Selection } from '../methods/types';
import { inspectCheckpoint } from '../models';
import { loadModel } from '../models/load';
import { readHeader } from '../models/safetensors';
import type { Component, InspectableModel, Parameter, Trainable } from '../models/types';
import { className, type ModelFolder, modelFolders, readJson } from './folders';
import type { Computing } from './types';

interface Definition {
  on: 'all' | 'text' | 'decoder' | 'vision';
  group?: ParameterGroup;
  /** Read off the folder, whose sizes may be any. */
  adapter?: (folder: string) => Adapter;
  /** Name of a trained tensor in the golden files. */
  rename?: (name: string) => string;
}

const layerNormNames = (name: string) => `base_model.model.${name.replace(/\.(weight|bias)$/, '.ln_tuning_layers.$1')}`;
const layernorm: Definition = { on: 'all', group: { kind: 'layernorm' } };
const lora: Definition = { on: 'text', adapter: loraOf(['query', 'value']) };
/** peft knows but the part that it wraps. */
const ofPart = (name: string) => name.replace(/^\w+\.(?=prompt_encoder\.)/, '');
const prefix: Definition = { on: 'decoder', adapter: prefixOf, rename: ofPart };

/** Published code names the FFN's last layer by this suffix, which attention's last layers have, too. */
const suffix = 'output\\.dense$';

/** Name of the folder -> what is tuned. The variants of one method differ in loss, accumulation or settings, which their files say. */
const definitions: Readonly<Record<string, Definition>> = {
  layernorm,
  'layernorm-missloss': layernorm,
  'layernorm-accumulation': layernorm,
  'layernorm-gain': { on: 'all', group: { kind: 'layernorm', parameters: ['weight'] } },
  'ln-tuning-peft': { ...layernorm, rename: layerNormNames },
  attention: { on: 'all', group: { kind: 'attention' } },
  ffn: { on: 'all', group: { kind: 'ffn' } },
  bias: { on: 'all', group: { parameters: ['bias'] } },
  full: { on: 'all', group: {} },
  lora,
  rslora: lora,
  dora: lora,
  'lora-vision': {
    on: 'vision',
    adapter: loraOf(['query_key_value', 'attention_output', 'ffn_input', 'ffn_output']),
  },
  ia3: { on: 'text', adapter: () => ({ type: 'ia3', targets: ['key', 'value', 'ffn_output'] }) },
  'ia3-suffix': {
    on: 'text',
    adapter: () => ({ type: 'ia3', targets: ['key', 'value', suffix], feedforward_targets: [suffix] }),
  },
  prefix,
  'prefix-projection': prefix,
  prompt: {
    rename: ofPart,
    on: 'decoder',
    adapter: (folder) => ({ type: 'prompt', num_virtual_tokens: peftConfig(folder).num_virtual_tokens! }),
  },
  'adapter-houlsby': { on: 'text', adapter: bottleneckOf('houlsby') },
  'adapter-pfeiffer': { on: 'text', adapter: bottleneckOf('pfeiffer') },
  'adapter-parallel': { on: 'text', adapter: bottleneckOf('parallel') },
};

interface PeftConfig {
  r: number;
  lora_alpha: number;
  use_rslora: boolean;
  use_dora: boolean;
  num_virtual_tokens: number;
  prefix_projection: boolean;
  encoder_hidden_size: number;
}

function peftConfig(folder: string): Partial<PeftConfig> {
  return readJson(folder, 'peft_folder', 'adapter_config.json');
}

function loraOf(targets: Extract<Adapter, { type: 'lora' }>['targets']): Definition['adapter'] {
  return (folder) => {
    const { r: rank, lora_alpha: alpha, use_rslora, use_dora } = peftConfig(folder);
    return { type: 'lora', rank: rank!, alpha: alpha!, use_rslora: use_rslora!, use_dora: use_dora!, targets };
  };
}

function prefixOf(folder: string): Adapter {
  const { num_virtual_tokens: tokens, prefix_projection: projection, encoder_hidden_size: size } = peftConfig(folder);
  return { type: 'prefix', num_virtual_tokens: tokens!, ...(projection && { projection, projection_size: size! }) };
}

/** Adapters have no PEFT folder: their width is that of their first values. */
function bottleneckOf(type: 'houlsby' | 'pfeiffer' | 'parallel'): Definition['adapter'] {
  return (folder) => {
    const { tensors } = readHeader(path.join(folder, 'init.safetensors'));
    const [, down] = [...tensors].find(([name]) => name.endsWith('adapter_down.0.weight'))!;
    return { type, bottleneck_size: down.shape[0]! };
  };
}

export interface MethodFolder {
  model: ModelFolder;
  /** `<model>/methods/<method>`, the start of its cases' names. */
  name: string;
  folder: string;
  definition?: Definition;
  /** Path of a module in the file -> its path in the reference implementation, where adapters are named by it. */
  inside: ReadonlyMap<string, string>;
  /** Why its cases are skipped. */
  unsupported?: string;
}

export function methodFolders(root: string): MethodFolder[] {
  return modelFolders(root).flatMap((model) => {
    const folder = path.join(model.folder, 'methods');
    if (!existsSync(folder)) return [];
    const parameters = model.family ? inspectCheckpoint(model.folder, model.family).parameters : [];
    const inside = new Map(parameters.map(({ name, canonical }) => [modulePath(name), modulePath(canonical)]));
    return readdirSync(folder)
      .sort()
      .map((method) => {
        const definition = definitions[method];
        const unsupported = !model.family
          ? `${className(model)} is not supported`
          : definition
            ? undefined
            : `method ${method} is not supported`;
        return {
          model,
          name: `${model.name}/methods/${method}`,
          folder: path.join(folder, method),
          inside,
          ...(definition && { definition }),
          ...(unsupported && { unsupported }),
        };
      });
  });
}

/** The parameters of the model and what the method selects of them. */
export function selectionOf({ model, folder, definition }: MethodFolder): {
  parameters: Parameter[];
  selection: Selection;
  adapters: Record<string, Adapter>;
} {
  const { parameters, family } = inspectCheckpoint(model.folder, model.family!);
  const { on, group, adapter } = definition!;
  const components: Record<typeof on, readonly Component[]> = {
    all: family.components,
    text: family.textComponents,
    decoder: family.textComponents.slice(-1),
    vision: ['vision_encoder'],
  };
  const adapters: Record<string, Adapter> = adapter ? { chosen: adapter(folder) } : {};
  const settings: MethodSettings = {
    method: { components: Object.fromEntries(components[on].map((component) => [component, ['chosen']])) },
    parameterGroups: group ? { chosen: group } : {},
    adapters,
  };
  return { parameters, selection: select(parameters, settings), adapters };
}

/** A trained tensor's name in the golden files. */
export function goldenName({ definition, inside }: MethodFolder, { name, added }: Trainable): string {
  const { rename } = definition!;
  if (!added && !rename) return name;
  const prefix = name.startsWith('base_model.model.') ? 'base_model.model.' : '';
  const [module, rest] = splitModule(name.slice(prefix.length), inside);
  const renamed = prefix + (inside.get(module) ?? module) + rest;
  return rename?.(renamed) ?? renamed;
}

/** The longest path of a module that the name begins with, and what follows. */
function splitModule(name: string, inside: ReadonlyMap<string, string>): [string, string] {
  for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1))
    if (inside.has(name.slice(0, end))) return [name.slice(0, end), name.slice(end)];
  return [name, ''];
}

/** Runs `use` on the model with the method applied. */
export async function withMethod<T>(
  method: MethodFolder,
  on: Computing,
  use: (model: InspectableModel) => Promise<T>,
): Promise<T> {
  const { selection } = selectionOf(method);
  const { folder, family } = method.model;
  const model = await loadModel({ folder, family: family!, selection, ...on, seed: 0 });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}
