/** The methods of a parity folder in the words of a spec, and models with them applied. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Adapter, ParameterGroup } from '../../schemas/generated/spec';
import type { Backend } from '../backends';
import { type MethodSettings, select } from '../methods';
import type { Selection } from '../methods/types';
import { inspectCheckpoint } from '../models';
import { loadModel } from '../models/load';
import type { Component, InspectableModel, Parameter, Trainable } from '../models/types';
import { className, type ModelFolder, modelFolders, readJson } from './folders';

interface Definition {
  on: 'all' | 'text' | 'vision';
  group?: ParameterGroup;
  adapter?: 'lora';
  targets?: string[];
  /** Name of a trained tensor in the golden files. */
  rename?: (name: string) => string;
}

const layerNormNames = (name: string) => `base_model.model.${name.replace(/\.(weight|bias)$/, '.ln_tuning_layers.$1')}`;
const lora: Definition = { on: 'text', adapter: 'lora', targets: ['query', 'value'] };
const layernorm: Definition = { on: 'all', group: { kind: 'layernorm' } };

/** Name of the folder -> what is tuned. The variants of one method differ in loss, accumulation or alpha, which their files say. */
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
  'lora-vision': {
    on: 'vision',
    adapter: 'lora',
    targets: ['query_key_value', 'attention_output', 'ffn_input', 'ffn_output'],
  },
};

export interface MethodFolder {
  model: ModelFolder;
  /** `<model>/methods/<method>`, the start of its cases' names. */
  name: string;
  folder: string;
  definition?: Definition;
  /** Why its cases are skipped. */
  unsupported?: string;
}

export function methodFolders(root: string): MethodFolder[] {
  return modelFolders(root).flatMap((model) => {
    const folder = path.join(model.folder, 'methods');
    if (!existsSync(folder)) return [];
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
} {
  const { parameters, family } = inspectCheckpoint(model.folder, model.family!);
  const { on, group, adapter, targets } = definition!;
  const components: Record<typeof on, readonly Component[]> = {
    all: family.components,
    text: family.textComponents,
    vision: ['vision_encoder'],
  };
  const adapters: Record<string, Adapter> = adapter ? { chosen: loraOf(folder, targets!) } : {};
  const settings: MethodSettings = {
    method: { components: Object.fromEntries(components[on].map((component) => [component, ['chosen']])) },
    parameterGroups: group ? { chosen: group } : {},
    adapters,
  };
  return { parameters, selection: select(parameters, settings) };
}

function loraOf(folder: string, targets: string[]): Adapter {
  const config = readJson<{ r: number; lora_alpha: number; use_rslora: boolean }>(
    folder,
    'peft_folder',
    'adapter_config.json',
  );
  return {
    type: 'lora',
    rank: config.r,
    alpha: config.lora_alpha,
    use_rslora: config.use_rslora,
    targets: targets as Extract<Adapter, { type: 'lora' }>['targets'],
  };
}

/** A trained tensor's name in the golden files. */
export function goldenName({ definition }: MethodFolder, { name }: Trainable): string {
  return definition!.rename?.(name) ?? name;
}

/** Runs `use` on the model with the method applied. */
export async function withMethod<T>(
  method: MethodFolder,
  backend: Backend,
  use: (model: InspectableModel) => Promise<T>,
): Promise<T> {
  const { selection } = selectionOf(method);
  const { folder, family } = method.model;
  const model = await loadModel({ folder, family: family!, selection, backend, seed: 0 });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}
