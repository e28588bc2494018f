/**
 * IA3: a learned vector l, first all ones, rescales the result of a layer, (W x + b) · l, or, in the FFN, what goes into it, W (x · l) + b.
 * Sources: Liu et al. 2022, section 3.3; names, shapes ([out, 1] and [1, in]) and first values as in Hugging Face peft, whose `feedforward_modules` are `feedforward_targets`.
 */
import type { Adapter } from '../../schemas/generated/spec';
import type { Parameter } from '../models/types';
import { linear } from '../programs/ops/linear';
import { rescale } from '../programs/ops/rescale';
import type { AdapterMethod, MergeSource } from './method';
import {
  exactly,
  misfit,
  modulesOf,
  type PeftContent,
  type PeftSource,
  peftRoot,
  refuseSettings,
  savedInPlace,
  unreadable,
} from './peft';
import { matchTargets, matrixShape, modulePath } from './targets';
import type { Placement } from './types';

type Ia3Adapter = Extract<Adapter, { type: 'ia3' }>;

/** Whether l stands before the layer: at the FFN's layers, or at those that `feedforward_targets` name; never before a convolution. */
function scalesInput({ feedforward_targets: named }: Ia3Adapter, target: Parameter): boolean {
  if (target.shape.length > 2) return false;
  return named ? matchTargets(named, [target]).length > 0 : target.kind === 'ffn';
}

export const ia3: AdapterMethod = {
  type: 'ia3',
  site: 'linear',
  needs: 'linear layers that its `targets` name',
  unsupported: () => undefined,
  matches: ({ targets }: Ia3Adapter, parameters) => matchTargets(targets, parameters),
  place: (name, adapter: Ia3Adapter, matched) => matched.map((target) => placeAt(name, adapter, target)),
  peft: {
    type: 'IA3',
    config: (adapter: Ia3Adapter, placements) => ({
      task_type: null,
      fan_in_fan_out: false,
      init_ia3_weights: true,
      target_modules: modulesOf(placements),
      feedforward_modules: modulesOf(
        placements.filter(({ targets }) => targets.every((target) => scalesInput(adapter, target))),
      ),
    }),
    save: (placements, value) => savedInPlace(placements, value),
    read,
  },
  merge,
};

function read(source: PeftSource): PeftContent {
  const { folder, header, parameter } = source;
  refuseSettings(source, ['fan_in_fan_out', 'modules_to_save']);
  const names = new Map<string, string>();
  const targets: Parameter[] = [];
  const feedforward: string[] = [];
  for (const [stored, { shape }] of header.tensors) {
    const match = /^base_model\.model\.(.+)\.ia3_l$/.exec(stored);
    if (!match) throw misfit(folder, `${stored} is no part of IA3`, stored);
    const target = parameter(match[1]!, 'weight');
    const before = shape.length === 2 && shape[0] === 1;
    if (!before && shape.length > 2 && shape[1] !== target.shape[0])
      throw unreadable(folder, `rescaling the input of ${match[1]}`, stored);
    targets.push(target);
    if (before) feedforward.push(modulePath(target.name));
    names.set(stored, `${peftRoot}${modulePath(target.name)}.ia3_l`);
  }
  const adapter: Ia3Adapter = {
    type: 'ia3',
    targets: [exactly(targets.map(({ name }) => modulePath(name)))],
    feedforward_targets: feedforward.length > 0 ? [exactly(feedforward)] : [],
  };
  return { part: { adapter }, targets, names };
}

/** W · l column by column where l stands before the layer, else row by row, with the bias. */
function merge({ targets, tensors }: Placement, adapter: Ia3Adapter, { value, base }: MergeSource) {
  const [target] = targets as [Parameter];
  const l = value(tensors[0]!.name);
  const [, into] = matrixShape(target);
  const before = scalesInput(adapter, target);
  const weight = base(target.name)!.map((w, i) => w * l[before ? i % into : Math.floor(i / into)]!);
  const biasName = `${modulePath(target.name)}.bias`;
  const bias = before ? undefined : base(biasName)?.map((b, row) => b * l[row]!);
  return new Map([[target.name, weight], ...(bias ? [[biasName, bias] as const] : [])]);
}

function placeAt(adapter: string, settings: Ia3Adapter, target: Parameter): Placement {
  const path = modulePath(target.canonical);
  const [out, into] = matrixShape(target);
  const before = scalesInput(settings, target);
  const after = target.shape.length === 2 ? [out, 1] : [1, out, 1, 1];
  return {
    type: 'ia3',
    adapter,
    component: target.component,
    targets: [target],
    tensors: [
      {
        name: `${peftRoot}${modulePath(target.name)}.ia3_l`,
        place: `${path}.ia3_l`,
        shape: before ? [1, into] : after,
        decay: true,
        initial: () => new Float32Array(before ? into : out).fill(1),
      },
    ],
    sites: [
      {
        site: 'linear',
        path,
        key: `ia3 ${before ? 'before' : 'after'}`,
        act({ tape }, { path: at, x, weight, bias }) {
          const l = tape.parameter(`${at}.ia3_l`, [before ? into : out]);
          if (before) return linear(tape, rescale(tape, x, l), weight, bias);
          return rescale(tape, linear(tape, x, weight, bias), l);
        },
      },
    ],
  };
}
