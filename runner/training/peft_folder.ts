/** PEFT folders read as methods: `adapter_config.json` and `adapter_model.safetensors`, as Hugging Face peft's `save_pretrained` lays them out. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import type { MethodSettings } from '../methods';
import { adapterMethods } from '../methods/adapters';
import { lnTuning } from '../methods/ln_tuning';
import { misfit, type PeftForm, type PeftSource, peftFiles } from '../methods/peft';
import type { Checkpoint } from '../models';
import { readHeader, readTensor } from '../models/safetensors';
import type { Component, Trainable } from '../models/types';

/** A PEFT folder as a method: what is tuned or added where, and with which values. */
export interface ImportedAdapter {
  folder: string;
  /** `peft_type` */
  type: string;
  settings: MethodSettings & { method: { components: Partial<Record<Component, string[]>> } };
  /** By name of the trained tensor. */
  values: ReadonlyMap<string, Float32Array>;
}

/** The name of the group or adapter that an imported folder becomes. */
const imported = 'imported';

const forms: readonly Pick<PeftForm, 'type' | 'read'>[] = [
  ...Object.values(adapterMethods).flatMap(({ peft }) => peft ?? []),
  lnTuning,
];

/**
 * @throws MP3007 no such folder or not PEFT's; MP3002, MP3003 its weights; MP1106 a type or setting that is not computed; MP3004 it belongs to another model
 */
export function readPeftFolder(folder: string, checkpoint: Checkpoint): ImportedAdapter {
  const config = readConfig(folder);
  const form = forms.find(({ type }) => type === config.peft_type);
  if (!form)
    throw new MedpeftError(
      'MP1106',
      `peft_type ${JSON.stringify(config.peft_type ?? null)} of ${folder} is not supported in this version`,
      `supported: ${forms.map(({ type }) => type).join(', ')}`,
      folder,
    );
  const header = readHeader(weightsOf(folder));
  const { parameters } = checkpoint;
  const content = form.read({ folder, config, header, parameters, parameter: finder(folder, checkpoint) });
  const unread = [...header.tensors.keys()].filter((name) => !content.names.has(name));
  if (unread.length > 0)
    throw misfit(folder, `${unread.length} tensors have no place, such as ${unread[0]}`, unread[0]);
  const components = new Set(content.targets.map(({ component }) => component));
  const { part } = content;
  return {
    folder,
    type: form.type,
    settings: {
      method: { components: Object.fromEntries([...components].map((component) => [component, [imported]])) },
      parameterGroups: 'group' in part ? { [imported]: part.group } : {},
      adapters: 'adapter' in part ? { [imported]: part.adapter } : {},
    },
    values: new Map([...content.names].map(([stored, name]) => [name, readTensor(header, stored)])),
  };
}

/** Puts the imported values in place of the present ones. @throws MP3004 unless each tensor has exactly one value of its size */
export function fillImported({ folder, values }: ImportedAdapter, trainables: readonly Trainable[]): void {
  for (const { name, value, shape } of trainables) {
    const data = values.get(name);
    if (data?.length !== value.length)
      throw misfit(folder, `${name} has ${data?.length ?? 'no'} values, [${shape.join(', ')}] are needed`, name);
    value.set(data);
  }
  const known = new Set(trainables.map(({ name }) => name));
  const unused = [...values.keys()].find((name) => !known.has(name));
  if (unused !== undefined) throw misfit(folder, `${unused} is not part of what it says it tunes`, unused);
}

/** The weight or bias of a module by its path, in any naming of the family. */
function finder(folder: string, { family, config, parameters }: Checkpoint): PeftSource['parameter'] {
  const byCanonical = new Map(parameters.map((parameter) => [parameter.canonical, parameter]));
  return (module, part) => {
    const name = `${module}.${part}`;
    const placed = family.place(config, [name]).parameters.find((parameter) => parameter.name === name);
    const found = placed && byCanonical.get(placed.canonical);
    if (!found) throw misfit(folder, `the model has no ${name}`, name);
    return found;
  };
}

function readConfig(folder: string): Record<string, unknown> {
  const file = path.join(folder, peftFiles.config);
  if (!existsSync(file))
    throw new MedpeftError(
      'MP3007',
      `${folder} is no PEFT folder: it has no ${peftFiles.config}`,
      'name the folder that `save_pretrained` of peft has written',
      folder,
    );
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new MedpeftError(
      'MP3007',
      `${file} is not valid JSON: ${(cause as Error).message}`,
      'copy or download the file again',
      file,
      { cause },
    );
  }
}

/** The weights; older versions of peft wrote a pickle, which the reader refuses. */
function weightsOf(folder: string): string {
  const [pickle] = ['adapter_model.bin'].map((name) => path.join(folder, name));
  const file = path.join(folder, peftFiles.weights);
  return !existsSync(file) && existsSync(pickle!) ? pickle! : file;
}
