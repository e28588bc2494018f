/** What Hugging Face peft stores of a method: a folder with adapter_config.json and adapter_model.safetensors, as peft 0.21's `save_pretrained` writes it. */
import type { Adapter, ParameterGroup } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import type { SafetensorsHeader, TensorToWrite } from '../models/safetensors';
import type { Component, Parameter } from '../models/types';
import { modulePath } from './targets';
import type { Placement } from './types';

export const peftFiles = { config: 'adapter_config.json', weights: 'adapter_model.safetensors' } as const;

/** Before the path of a module in the file of an adapter that wraps the whole model. */
export const peftRoot = 'base_model.model.';

/** A folder as it is read. */
export interface PeftSource {
  folder: string;
  config: Readonly<Record<string, unknown>>;
  header: SafetensorsHeader;
  /** The weight or bias of a module of the model, by its path with any naming of the family. @throws MP3004 if the model has none */
  parameter(path: string, part: 'weight' | 'bias'): Parameter;
  parameters: readonly Parameter[];
}

/** What a folder holds, in the words of a spec. */
export interface PeftContent {
  part: { adapter: Adapter } | { group: ParameterGroup };
  /** Base tensors at which it is put. */
  targets: readonly Parameter[];
  /** Name of the tensor in the file -> under which it is trained. */
  names: ReadonlyMap<string, string>;
}

/** How a method that adds parameters is stored. */
export interface PeftForm {
  /** `peft_type` */
  type: string;
  /** Whether a folder holds one component only: peft then wraps that part of the model, not the whole. */
  perComponent?: boolean;
  /** The settings beside `peft_type`. */
  config(adapter: Adapter, placements: readonly Placement[], parameters: readonly Parameter[]): Record<string, unknown>;
  /** Tensors by PEFT's names. @param value of a trained tensor by its name */
  save(placements: readonly Placement[], value: (name: string) => Float32Array): Map<string, TensorToWrite>;
  /** @throws MP1106 for settings that are not computed, MP3004 for tensors that do not fit */
  read(source: PeftSource): PeftContent;
}

/** Each added tensor under its module's name in the network, which is Hugging Face's. */
export function savedInPlace(
  placements: readonly Placement[],
  value: (name: string) => Float32Array,
  rename: (place: string) => string = (place) => place,
): Map<string, TensorToWrite> {
  return new Map(
    placements.flatMap(({ tensors }) =>
      tensors.map(({ name, place, shape }) => [peftRoot + rename(place), { shape, data: value(name) }] as const),
    ),
  );
}

/** Modules that the placements stand at, as peft's `target_modules` takes them. */
export function modulesOf(placements: readonly Placement[]): string[] {
  return placements.flatMap(({ targets }) => targets.map(({ canonical }) => modulePath(canonical)));
}

/** A pattern that matches these texts and no other. */
export function exactly(texts: readonly string[]): string {
  const escaped = texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^(${escaped.join('|')})$`;
}

/** MP1106 for the first setting that is on and is not computed. */
export function refuseSettings({ config, folder }: PeftSource, settings: readonly string[]): void {
  const on = settings.find((setting) => {
    const value = config[setting];
    const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    return value !== undefined && value !== null && value !== false && !empty;
  });
  if (on) throw unreadable(folder, `\`${on}\``, on);
}

export function unreadable(folder: string, what: string, place?: string): MedpeftError {
  return new MedpeftError(
    'MP1106',
    `${what} of the PEFT folder ${folder} is not supported in this version`,
    'merge the adapter into its model with peft (`merge_and_unload`) and use that model',
    place,
  );
}

/** What fits no tensor of the model, or not in its shape. */
export function misfit(folder: string, what: string, place?: string): MedpeftError {
  return new MedpeftError(
    'MP3004',
    `the PEFT folder ${folder} does not fit the model: ${what}`,
    'name the model that the adapter was trained on',
    place,
  );
}

/** The one tensor that peft stores of a prefix or prompt. */
export const promptEmbeddings = 'prompt_embeddings';

/** Its shape. @throws MP3004 without it */
export function promptShape({ folder, header, config }: PeftSource): readonly number[] {
  const shape = header.tensors.get(promptEmbeddings)?.shape;
  if (shape?.length === 2 && shape[0] === config.num_virtual_tokens) return shape;
  throw misfit(
    folder,
    `num_virtual_tokens is ${config.num_virtual_tokens}, ${promptEmbeddings} is ${shape ? `[${shape.join(', ')}]` : 'absent'}`,
    promptEmbeddings,
  );
}

/** How many layers a component has. */
export function layersOf(of: Component, parameters: readonly Parameter[]): number {
  return new Set(parameters.flatMap(({ component, layer }) => (component === of ? (layer ?? []) : []))).size;
}
