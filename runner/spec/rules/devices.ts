/** Each backend has devices of its own. */
import type { Runtime } from '../../../schemas/generated/spec';
import type { Rule } from './rule';

const devicesOf: Readonly<Record<Exclude<NonNullable<Runtime['backend']>, 'auto'>, readonly string[]>> = {
  onnxruntime: ['cpu', 'webgpu', 'cuda'],
  tfjs: ['gpu', 'cpu', 'wasm', 'js'],
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
