/**
 * IA3: a learned vector l, first all ones, rescales the result of a layer, (W x + b) · l, or what goes into one that leads back to the residual stream, W (x · l) + b.
 * Sources: Liu et al. 2022, section 3.3; names, shapes ([out, 1] and [1, in]) and first values as in Hugging Face peft, whose `feedforward_modules` are those layers.
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
import { isMatrix, matchTargets, modulePath } from './targets';
import type { Placement } from './types';

type Ia3Adapter = Extract<Adapter, { type: 'ia3' }>;

/** Whether l stands before the layer: at outputs of attention and FFN. */
export function scalesInput({ role }: Parameter): boolean {
  return role === 'attention_output' || role === 'ffn_output';
}

export const ia3: AdapterMethod = {
  type: 'ia3',
  site: 'linear',
  needs: 'linear layers that its `targets` name',
  unsupported: ({ targets }: Ia3Adapter) =>
    targets.includes('patch_embedding') ? 'IA3 on `patch_embedding`' : undefined,
  matches: ({ targets }: Ia3Adapter, parameters) => matchTargets(targets, parameters).filter(isMatrix),
  place: (name, _adapter, matched) => matched.map((target) => placeAt(name, target)),
  peft: {
    type: 'IA3',
    config: (_adapter, placements) => ({
      task_type: null,
      fan_in_fan_out: false,
      init_ia3_weights: true,
      target_modules: modulesOf(placements),
      feedforward_modules: modulesOf(placements.filter(({ targets }) => targets.every(scalesInput))),
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
  for (const [stored, { shape }] of header.tensors) {
    const match = /^base_model\.model\.(.+)\.ia3_l$/.exec(stored);
    if (!match) throw misfit(folder, `${stored} is no part of IA3`, stored);
    const target = parameter(match[1]!, 'weight');
    const before = shape[0] === 1;
    if (before !== scalesInput(target))
      throw unreadable(folder, `rescaling the ${before ? 'input' : 'output'} of ${match[1]}`, stored);
    targets.push(target);
    names.set(stored, `${peftRoot}${modulePath(target.name)}.ia3_l`);
  }
  const adapter: Ia3Adapter = { type: 'ia3', targets: [exactly(targets.map(({ name }) => modulePath(name)))] };
  return { part: { adapter }, targets, names };
}

/** W · l column by column where l stands before the layer, else row by row, with the bias. */
function merge({ targets, tensors }: Placement, _adapter: Adapter, { value, base }: MergeSource) {
  const [target] = targets as [Parameter];
  const l = value(tensors[0]!.name);
  const into = target.shape[1]!;
  const before = scalesInput(target);
  const weight = base(target.name)!.map((w, i) => w * l[before ? i % into : Math.floor(i / into)]!);
  const biasName = `${modulePath(target.name)}.bias`;
  const bias = before ? undefined : base(biasName)?.map((b, row) => b * l[row]!);
  return new Map([[target.name, weight], ...(bias ? [[biasName, bias] as const] : [])]);
}

function placeAt(adapter: string, target: Parameter): Placement {
  const path = modulePath(target.canonical);
  const [out, into] = target.shape as [number, number];
  const before = scalesInput(target);
  return {
    type: 'ia3',
    adapter,
    component: target.component,
    targets: [target],
    tensors: [
      {
        name: `${peftRoot}${modulePath(target.name)}.ia3_l`,
        place: `${path}.ia3_l`,
        shape: before ? [1, into] : [out, 1],
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
