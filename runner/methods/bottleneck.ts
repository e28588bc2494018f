/**
 * Adapters: a bottleneck, up(act(down ·)) with b inner units and biases, at the way out of a sublayer. What it reads and where its result is added is the method's.
 * Names as in adapter-hub's `adapters` 1.3; Hugging Face peft has none for them.
 */
import type { Adapter } from '../../schemas/generated/spec';
import type { Acts } from '../models/adaptations';
import type { Modules } from '../models/modules';
import type { Kind, Parameter } from '../models/types';
import type { Value } from '../programs/graph';
import { linear } from '../programs/ops/linear';
import type { Tape } from '../programs/tape';
import type { AdapterMethod } from './method';
import type { AddedTensor, Origin, Placement } from './types';

type Type = 'houlsby' | 'pfeiffer' | 'parallel';

export interface Bottleneck {
  type: Type;
  /** After which sublayers it stands. */
  after: readonly Kind[];
  activation(tape: Tape, x: Value): Value;
  /** First values of the two weights; biases are zero. */
  initial: Record<'down' | 'up', (shape: readonly number[], origin: Origin) => Float32Array>;
  /** norm(h + x), with `adapt` somewhere in it. */
  combine(tape: Tape, at: Parameters<Acts['output']>[1] & { adapt(x: Value): Value }): Value;
}

export function bottleneckMethod(method: Bottleneck): AdapterMethod {
  return {
    type: method.type,
    site: 'output',
    needs: `layers with ${method.after.map((kind) => (kind === 'ffn' ? 'an FFN' : 'self-attention')).join(' and ')}`,
    unsupported: () => undefined,
    matches: (_adapter, parameters) =>
      parameters.filter(({ site, kind }) => site?.kind === 'output' && method.after.includes(kind)),
    place: (name, { bottleneck_size: size }: Extract<Adapter, { type: Type }>, matched) =>
      matched.map((target) => placeAt(name, size, target, method)),
  };
}

/** @param target weight of a sublayer's last layer, whose site is the sublayer's way out */
function placeAt(adapter: string, size: number, target: Parameter, method: Bottleneck): Placement {
  const { path } = target.site!;
  const width = target.shape[0]!;
  const tensor = (name: string, shape: number[], decay: boolean, initial: AddedTensor['initial']): AddedTensor => {
    const place = `${path}.adapters.default.${name}`;
    return { name: place, place, shape, decay, initial };
  };
  const layer = (name: string, of: 'down' | 'up', into: number, out: number) => [
    tensor(`${name}.weight`, [out, into], true, (origin) => method.initial[of]([out, into], origin)),
    tensor(`${name}.bias`, [out], false, () => new Float32Array(out)),
  ];
  return {
    type: method.type,
    adapter,
    component: target.component,
    targets: [target],
    tensors: [...layer('adapter_down.0', 'down', width, size), ...layer('adapter_up', 'up', size, width)],
    sites: [
      {
        site: 'output',
        path,
        key: `${method.type} ${size}`,
        act: (modules, at) =>
          method.combine(modules.tape, { ...at, adapt: (x) => through(modules, at.path, x, size, method) }),
      },
    ],
  };
}

/** up(act(down x)), x [N, D] -> [N, D]. */
function through({ tape }: Modules, path: string, x: Value, size: number, { activation }: Bottleneck): Value {
  const layer = (name: string, input: Value, out: number) => {
    const at = `${path}.adapters.default.${name}`;
    const weight = tape.parameter(`${at}.weight`, [out, input.shape[1] as number]);
    return linear(tape, input, weight, tape.parameter(`${at}.bias`, [out]));
  };
  return layer('adapter_up', activation(tape, layer('adapter_down.0', x, size)), x.shape[1] as number);
}
