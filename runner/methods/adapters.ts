/** The methods that add parameters: one line each. */
import type { Adapter } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { houlsby } from './houlsby';
import { ia3 } from './ia3';
import { lora } from './lora';
import type { AdapterMethod } from './method';
import { parallel } from './parallel';
import { pfeiffer } from './pfeiffer';
import { prefix } from './prefix';
import { prompt } from './prompt';

export const adapterMethods: Readonly<Record<Adapter['type'], AdapterMethod>> = {
  lora,
  ia3,
  prefix,
  prompt,
  houlsby,
  pfeiffer,
  parallel,
};

/** What of the adapter this version does not compute, in words; undefined if all is. */
export function unsupportedAdapter(adapter: Adapter): string | undefined {
  return adapterMethods[adapter.type].unsupported(adapter);
}

/** @throws MP1106 if this version does not compute this adapter. */
export function findMethod(adapter: Adapter): AdapterMethod {
  const missing = unsupportedAdapter(adapter);
  if (missing !== undefined)
    throw new MedpeftError('MP1106', `${missing} is not supported in this version`, undefined, adapter.type);
  return adapterMethods[adapter.type];
}
