/** The methods that add parameters: one line each. */
import type { Adapter } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { lora } from './lora';
import type { AdapterMethod } from './method';

export const adapterMethods: Readonly<Partial<Record<Adapter['type'], AdapterMethod>>> = {
  lora,
};

/** What of the adapter this version does not compute, in words; undefined if all is. */
export function unsupportedAdapter(adapter: Adapter): string | undefined {
  const method = adapterMethods[adapter.type];
  return method ? method.unsupported(adapter) : `adapter type "${adapter.type}"`;
}

/** @throws MP1106 if this version does not compute this adapter. */
export function findMethod(adapter: Adapter): AdapterMethod {
  const method = adapterMethods[adapter.type];
  const missing = unsupportedAdapter(adapter);
  if (!method || missing !== undefined)
    throw new MedpeftError('MP1106', `${missing} is not supported in this version`, undefined, adapter.type);
  return method;
}
