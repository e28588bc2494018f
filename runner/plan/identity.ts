/** Which runs are the same run: a hash of all that a run uses, and of nothing else. */
import { createHash } from 'node:crypto';
import type { Task } from '../../schemas/generated/spec';
import type { PlannedRun } from './types';

/** JSON with sorted keys and without undefined values: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`)
    .join(',')}}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

type Identified = Pick<
  PlannedRun,
  'model' | 'task' | 'method' | 'training' | 'datasets' | 'parameterGroups' | 'adapters' | 'seed' | 'sweep' | 'hashes'
>;

/**
 * SHA-256 of what a run uses: model settings, config and weight headers; its groups and adapters with their rates; task, training, sweep
 * point, seed; and the content of the data files. Not what things are called or where they lie, nor how the run is carried out.
 */
export function identityOf(run: Identified): string {
  const { path: _, frozen_precision: precision, ...model } = run.model;
  return sha256(
    canonicalJson({
      model: { ...model, ...(precision === 'float16' && { frozen_precision: precision }), hash: run.hashes.model },
      method: methodContent(run),
      task: taskContent(run),
      training: trainingContent(run.training),
      sweep: Object.entries(run.sweep).map(([setting, value]) => [settingOf(setting), value]),
      seed: run.seed,
    }),
  );
}

/**
 * What changes a number: not how often a run says something or writes a checkpoint, since it goes on from any to the same bytes, nor that
 * it only warns.
 */
function trainingContent(training: Identified['training']): unknown {
  const { logging_steps: _, save_steps: __, on_divergence: onDivergence, ...content } = training;
  return onDivergence === 'stop' ? { ...content, on_divergence: onDivergence } : content;
}

/** Components with the definitions of what is tuned in them, in place of names. */
function methodContent({ method, parameterGroups, adapters }: Identified): unknown {
  const rate = (name: string) => {
    const { learningRate } = method;
    return typeof learningRate === 'object' ? learningRate[name] : learningRate;
  };
  const part = (name: string) => {
    const definition: object = parameterGroups[name] ?? adapters[name] ?? { predefined: name };
    return canonicalJson({ ...definition, learning_rate: rate(name) });
  };
  return {
    components: Object.fromEntries(
      Object.entries(method.components).map(([component, names]) => [component, names.map(part).sort()]),
    ),
    candidates: method.learningRateCandidates,
  };
}

/** The task with the content of its splits in place of their names. */
function taskContent({ task, datasets, hashes }: Identified): unknown {
  const content = (reference: string) => {
    const slash = reference.indexOf('/');
    const name = reference.slice(0, slash);
    const { path: _, image_folder: __, allow_outside_images: ___, ...settings } = datasets[name]!;
    const files = Object.entries(hashes.data)
      .filter(([file]) => file.startsWith(`${name}/`))
      .map(([file, hash]) => [file.slice(name.length + 1), hash]);
    return { ...settings, split: reference.slice(slash + 1), files: Object.fromEntries(files) };
  };
  const each = (references: Task['train']) => references?.map(content);
  const { validation } = task;
  return {
    ...task,
    train: each(task.train),
    validation: Array.isArray(validation)
      ? each(validation)
      : validation && { ...validation, from: content(validation.from) },
    test: each(task.test),
    transfer: each(task.transfer),
  };
}

/** A swept setting without the name of the thing that it belongs to: `adapters.lora8.rank` -> `adapters.rank`. */
function settingOf(setting: string): string {
  const [section, ...rest] = setting.split('.');
  return [section, ...(section === 'training' ? rest : rest.slice(1))].join('.');
}
