/** What training made: every tuned tensor under the checkpoint's names, and a folder that PEFT loads for each part of the method that PEFT knows. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { adapterMethods } from '../methods/adapters';
import { isLnTuning, lnTuning, saveLnTuning } from '../methods/ln_tuning';
import { peftFiles } from '../methods/peft';
import type { Selection } from '../methods/types';
import { readHeader, readTensor, type TensorToWrite, writeSafetensors } from '../models/safetensors';
import type { Model, Trainable } from '../models/types';
import type { PlannedRun } from '../plan/types';
import { replaceWith, writeAtomic } from '../runs/atomic';
import { runFiles } from '../runs/layout';

export const deltaFile = path.join(runFiles.adapter, 'delta.safetensors');

type Trained = Pick<Model, 'trainables' | 'parameters' | 'tensor'>;

/**
 * Writes `adapter/delta.safetensors`: all that was trained, float32; equal values give equal bytes. And `adapter/<name>/` for each adapter that PEFT knows and for
 * each group of nothing but LayerNorms, as PEFT's `save_pretrained` lays it out, under Hugging Face's names.
 */
export function writeAdapter(
  folder: string,
  run: Pick<PlannedRun, 'identity' | 'model' | 'adapters' | 'hashes'>,
  selection: Selection,
  model: Trained,
): void {
  const to = path.join(folder, runFiles.adapter);
  mkdirSync(to, { recursive: true });
  const tensors = new Map(model.trainables.map(({ name, shape, value }) => [name, { shape, data: value }]));
  const metadata = { run: run.identity, base: run.hashes.model };
  replaceWith(path.join(folder, deltaFile), (temporary) => writeSafetensors(temporary, tensors, { metadata }));
  writePeftFolders(to, run, selection, model);
}

/** `<to>/<name>/` for each part of the method that PEFT knows. @returns names of those that it does not know, with the reason */
export function writePeftFolders(
  to: string,
  { model: { path: base }, adapters }: { model: Pick<PlannedRun['model'], 'path'>; adapters: PlannedRun['adapters'] },
  { added, base: tuned }: Selection,
  model: Trained,
): { written: string[]; unknown: { name: string; reason: string }[] } {
  const values = new Map(model.trainables.map(({ name, value }) => [name, value]));
  const written: string[] = [];
  const unknown: { name: string; reason: string }[] = [];
  const write = (name: string, type: string, content: { config: object; tensors: Map<string, TensorToWrite> }) => {
    const folder = path.join(to, name);
    mkdirSync(folder, { recursive: true });
    replaceWith(path.join(folder, peftFiles.weights), (temporary) => writeSafetensors(temporary, content.tensors));
    const config = { peft_type: type, base_model_name_or_path: base, inference_mode: true, ...content.config };
    writeAtomic(path.join(folder, peftFiles.config), `${JSON.stringify(config, null, 2)}\n`);
    written.push(name);
  };
  for (const name of new Set(added.map(({ adapter }) => adapter))) {
    const placements = added.filter(({ adapter }) => adapter === name);
    const { peft, type } = adapterMethods[placements[0]!.type];
    const components = [...new Set(placements.map(({ component }) => component))];
    const parts =
      peft?.perComponent && components.length > 1
        ? components.map((of) => ({ to: `${name}-${of}`, own: placements.filter(({ component }) => component === of) }))
        : [{ to: name, own: placements }];
    if (peft)
      for (const { to: part, own } of parts)
        write(part, peft.type, {
          config: peft.config(adapters[name]!, own, model.parameters),
          tensors: peft.save(own, (tensor) => values.get(tensor)!),
        });
    else unknown.push({ name, reason: `PEFT has no ${type} adapters` });
  }
  for (const group of new Set(tuned.map(({ group: name }) => name))) {
    const own = tuned.filter(({ group: name }) => name === group).map(({ parameter }) => parameter);
    if (isLnTuning(own))
      write(
        group,
        lnTuning.type,
        saveLnTuning(own, model.parameters, (name) => model.tensor(name)),
      );
    else unknown.push({ name: group, reason: "PEFT tunes none of the base model's own parameters but LayerNorms" });
  }
  return { written, unknown };
}

/** Puts what a run has trained in place of the present values. @throws MP3002 if a tensor is missing */
export function readAdapter(folder: string, trainables: readonly Trainable[]): void {
  const header = readHeader(path.join(folder, deltaFile));
  for (const { name, value } of trainables) value.set(readTensor(header, name));
}
