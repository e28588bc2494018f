/** Each backend has devices of its own. */
import type { Runtime } from '../../../schemas/generated/spec';
import { float16Device, lacksFloat16 } from '../../backends/float16';
import type { Rule } from './rule';

const devicesOf: Readonly<Record<Exclude<NonNullable<Runtime['backend']>, 'auto'>, readonly string[]>> = {
  onnxruntime: ['cpu', 'webgpu', 'cuda'],
  tfjs: ['gpu', 'cpu', 'wasm', 'js'],
};

/** What the runner would refuse when it begins. */
export const precisionFitsDevice: Rule = ({ spec, report }) => {
  const { backend = 'auto', device = 'auto' } = spec.runtime ?? {};
  for (const [name, { frozen_precision: precision }] of Object.entries(spec.models ?? {})) {
    if (precision !== 'float16') continue;
    const lack = lacksFloat16({ backend, device });
    if (!lack) continue;
    const key = device === 'auto' || device === float16Device.device ? 'backend' : 'device';
    report({
      code: 'MP1005',
      path: ['models', name, 'frozen_precision'],
      at: 'value',
      message: lack.message,
      hint: lack.hint,
      related: [{ path: ['runtime', key], message: `"${key === 'device' ? device : backend}" is chosen here` }],
    });
  }
};

/** Where `backend` is left to the program, any device may be asked for. */
export const deviceFitsBackend: Rule = ({ spec, report }) => {
  const { backend = 'auto', device = 'auto' } = spec.runtime ?? {};
  if (backend === 'auto' || device === 'auto' || devicesOf[backend].includes(device)) return;
  report({
    code: 'MP1005',
    path: ['runtime', 'device'],
    at: 'value',
    message: `the backend "${backend}" has no device "${device}"`,
    hint: `it has ${devicesOf[backend].join(', ')}`,
    related: [{ path: ['runtime', 'backend'], message: `"${backend}" is chosen here` }],
  });
};
