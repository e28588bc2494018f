/** What training made: every tuned tensor under the checkpoint's names, and LoRA as a folder that PEFT loads. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { modulePath } from '../methods';
import { loraNames } from '../methods/lora';
import type { Placement, Selection } from '../methods/types';
import { readHeader, readTensor, type TensorToWrite, writeSafetensors } from '../models/safetensors';
import type { Trainable } from '../models/types';
import type { PlannedRun } from '../plan/types';
import { replaceWith, writeAtomic } from '../runs/atomic';
import { runFiles } from '../runs/layout';

export const deltaFile = path.join(runFiles.adapter, 'delta.safetensors');

/**
 * Writes `adapter/delta.safetensors`: all that was trained, float32; equal values give equal bytes. And, for each LoRA adapter of the
 * method, `adapter/<name>/` as PEFT's `save_pretrained` lays it out, under Hugging Face's names.
 */
export function writeAdapter(
  folder: string,
  run: Pick<PlannedRun, 'identity' | 'model' | 'adapters' | 'hashes'>,
  selection: Selection,
  trainables: readonly Trainable[],
): void {
  mkdirSync(path.join(folder, runFiles.adapter), { recursive: true });
  const tensors = new Map(trainables.map(({ name, shape, value }) => [name, { shape, data: value }]));
  const metadata = { run: run.identity, base: run.hashes.model };
  replaceWith(path.join(folder, deltaFile), (temporary) => writeSafetensors(temporary, tensors, { metadata }));
  for (const name of new Set(selection.added.map(({ adapter }) => adapter)))
    writePeftFolder(
      path.join(folder, runFiles.adapter, name),
      run,
      selection.added.filter(({ adapter }) => adapter === name),
      tensors,
    );
}

/** PEFT 0.21's files of one LoRA adapter. */
function writePeftFolder(
  to: string,
  { model, adapters }: Pick<PlannedRun, 'model' | 'adapters'>,
  placements: readonly Placement[],
  tensors: ReadonlyMap<string, TensorToWrite>,
): void {
  const [first] = placements;
  const adapter = first && adapters[first.adapter];
  if (adapter?.type !== 'lora') return;
  mkdirSync(to, { recursive: true });
  const renamed = new Map<string, TensorToWrite>();
  for (const target of placements.flatMap(({ targets }) => targets)) {
    const [from, as] = [loraNames(target.name), loraNames(target.canonical)];
    renamed.set(as.a, tensors.get(from.a)!);
    renamed.set(as.b, tensors.get(from.b)!);
  }
  replaceWith(path.join(to, 'adapter_model.safetensors'), (temporary) => writeSafetensors(temporary, renamed));
  const config = {
    peft_type: 'LORA',
    base_model_name_or_path: model.path,
    task_type: null,
    inference_mode: true,
    r: adapter.rank,
    lora_alpha: adapter.alpha ?? 16,
    lora_dropout: adapter.dropout ?? 0,
    use_rslora: adapter.use_rslora ?? false,
    use_dora: false,
    bias: 'none',
    fan_in_fan_out: false,
    target_modules: placements.flatMap(({ targets }) => targets.map(({ canonical }) => modulePath(canonical))),
  };
  writeAtomic(path.join(to, 'adapter_config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/** Puts what a run has trained in place of the present values. @throws MP3002 if a tensor is missing */
export function readAdapter(folder: string, trainables: readonly Trainable[]): void {
  const header = readHeader(path.join(folder, deltaFile));
  for (const { name, value } of trainables) value.set(readTensor(header, name));
}
