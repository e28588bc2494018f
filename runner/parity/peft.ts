/** Adapters in and out: PEFT's own folders read and written, and adapters merged into the model. All with the random values of the probes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modulePath, select } from '../methods';
import { mergeAdapters } from '../methods/merge';
import { peftFiles } from '../methods/peft';
import { inspectCheckpoint } from '../models';
import { loadModel } from '../models/load';
import { readHeader, readTensor } from '../models/safetensors';
import type { InspectableModel, Parameter } from '../models/types';
import { writePeftFolders } from '../training/adapter';
import { fillImported, readPeftFolder } from '../training/peft_folder';
import { compare, type Golden, skipped, tolerances } from './compare';
import { exact } from './counts';
import { readBatch, readJson } from './folders';
import { type MethodFolder, selectionOf, withMethod } from './methods';
import { hfLoss, withModel } from './models';
import { fill } from './trajectories';
import type { Computing, ParityCase } from './types';

export async function* peftFolders(methods: readonly MethodFolder[], on: Computing): AsyncIterable<ParityCase> {
  for (const method of methods) {
    if (existsSync(path.join(method.folder, 'peft_folder'))) {
      const name = `${method.name}/peft-folder`;
      if (method.unsupported) yield skipped(name, method.unsupported);
      else {
        yield await read(name, method, on);
        yield* await written(`${name}/written`, method, on);
      }
    }
    if (existsSync(path.join(method.folder, 'merged.safetensors'))) {
      if (method.unsupported) yield skipped(`${method.name}/merged`, method.unsupported);
      else yield* await merged(`${method.name}/merged`, method, on);
    }
  }
}

/** The folder that peft wrote, read on the base model, gives the probe's loss. */
async function read(name: string, { model: { folder, family }, folder: of }: MethodFolder, on: Computing) {
  const checkpoint = inspectCheckpoint(folder, family!);
  const imported = readPeftFolder(path.join(of, 'peft_folder'), checkpoint);
  const selection = select(checkpoint.parameters, imported.settings);
  const model = await loadModel({ folder, family: family!, selection, ...on, seed: 0 });
  try {
    fillImported(imported, model.trainables);
    const batch = readBatch(folder, 'mb0');
    const loss = await model.loss(batch, hfLoss, model.targetTokens(batch));
    const { loss: expected } = readJson<{ loss: number }>(of, 'probe.json');
    return compare(name, [{ name: 'loss', actual: [loss], expected: [expected] }], tolerances.loss);
  } finally {
    await model.dispose();
  }
}

/** The folder that is written for the probe has peft's keys and values, and settings that mean the same. */
async function written(name: string, method: MethodFolder, on: Computing): Promise<ParityCase[]> {
  const golden = path.join(method.folder, 'peft_folder');
  const to = mkdtempSync(path.join(tmpdir(), 'medpeft-parity-'));
  try {
    return await withMethod(method, on, async (model) => {
      fill(model, method, 'probe.safetensors');
      const { selection, adapters } = selectionOf(method);
      const { written: folders } = writePeftFolders(to, { model: { path: '' }, adapters }, selection, model);
      const own = path.join(to, folders[0]!);
      const [ours, theirs] = [own, golden].map((folder) => readHeader(path.join(folder, peftFiles.weights)));
      const [config, expected] = [own, golden].map((folder) => readJson<Config>(folder, peftFiles.config));
      const names = [...new Set([...ours!.tensors.keys(), ...theirs!.tensors.keys()])];
      const shape = (header: typeof ours, tensor: string) => `[${header!.tensors.get(tensor)?.shape ?? 'absent'}]`;
      return [
        exact(`${name}/keys`, [
          ...names.filter((tensor) => shape(ours, tensor) !== shape(theirs, tensor)),
          ...differences(config!, expected!, model.parameters),
        ]),
        compare(
          `${name}/values`,
          [...theirs!.tensors.keys()].map((tensor) => ({
            name: tensor,
            actual: ours!.tensors.has(tensor) ? readTensor(ours!, tensor) : [],
            expected: readTensor(theirs!, tensor),
          })),
          { relative: 1e-6 },
        ),
      ];
    });
  } finally {
    rmSync(to, { recursive: true });
  }
}

type Config = Record<string, unknown>;

/** Settings that are not what peft wrote. A list of modules is the same as a pattern if it means the same modules. */
function differences(ours: Config, theirs: Config, parameters: readonly Parameter[]): string[] {
  const modules = [...new Set(parameters.map(({ canonical }) => modulePath(canonical)))];
  const meant = (value: unknown) =>
    modules.filter((module) =>
      typeof value === 'string'
        ? new RegExp(`^(${value})$`).test(module)
        : (value as string[]).some((one) => module === one || module.endsWith(`.${one}`)),
    );
  // Which of the modules that are adapted stand before the FFN's end is asked of those alone.
  const adapted = new Set(meant(theirs.target_modules ?? []));
  const value = (config: Config, key: string) =>
    /_modules$/.test(key) && config[key] ? meant(config[key]).filter((module) => adapted.has(module)) : config[key];
  return Object.keys(ours)
    .filter((key) => key !== 'base_model_name_or_path')
    .filter((key) => JSON.stringify(value(ours, key)) !== JSON.stringify(value(theirs, key)))
    .map((key) => `${key} is ${JSON.stringify(ours[key])}, not ${JSON.stringify(theirs[key])}`);
}

/** The merged tensors, and the base model with all of them: it computes what the adapted one does. */
async function merged(name: string, method: MethodFolder, on: Computing): Promise<ParityCase[]> {
  const { selection, adapters } = selectionOf(method);
  const canonical = new Map<string, string>();
  const tensors = await withMethod(method, on, async (model: InspectableModel) => {
    fill(model, method, 'probe.safetensors');
    for (const parameter of model.parameters) canonical.set(parameter.canonical, parameter.name);
    return mergeAdapters(selection, adapters, model);
  });
  const header = readHeader(path.join(method.folder, 'merged.safetensors'));
  const goldens = [...header.tensors.keys()].map(
    (tensor): Golden => ({
      name: tensor,
      actual: tensors.get(canonical.get(tensor) ?? tensor) ?? [],
      expected: readTensor(header, tensor),
    }),
  );
  const out = readHeader(path.join(method.folder, 'probe_out.safetensors'));
  return withModel(
    method.model,
    on,
    () => false,
    async (model) => {
      for (const [tensor, value] of tensors) model.tensor(tensor).set(value);
      const logits = (await model.hiddenStates(readBatch(method.model.folder, 'mb0'))).get('logits')!.data;
      return [
        compare(name, goldens, tolerances.logits),
        compare(
          `${name}/logits`,
          [{ name: 'logits', actual: logits, expected: readTensor(out, 'logits') }],
          tolerances.logits,
        ),
      ];
    },
  );
}
