/** `targets` of adapters: roles, the same words in all families, or patterns on the names of linear layers. */
import { sizeOf } from '../models/safetensors';
import type { Parameter, Role } from '../models/types';

export const roles: readonly Role[] = [
  'query',
  'key',
  'value',
  'query_key_value',
  'attention_output',
  'ffn_input',
  'ffn_gate',
  'ffn_output',
  'patch_embedding',
];

/** Path of the module that a weight belongs to. */
export function modulePath(name: string): string {
  return name.replace(/\.(weight|bias)$/, '');
}

/**
 * Weights of the layers that any target means, in the given order. A role that the parameters do not have matches nothing: a fused
 * query-key-value layer is neither `query` nor `value`. Any other word is a regular expression on the layer's path.
 */
export function matchTargets(targets: readonly string[], parameters: readonly Parameter[]): Parameter[] {
  const patterns = targets.filter((target) => !isRole(target)).map((target) => new RegExp(target));
  return parameters.filter(
    ({ name, part, role }) =>
      part === 'weight' &&
      role !== undefined &&
      (targets.includes(role) || patterns.some((pattern) => pattern.test(modulePath(name)))),
  );
}

export function isRole(word: string): word is Role {
  return roles.some((role) => role === word);
}

/** A linear layer's weight as [out, in]; a convolution of patches, [out, channels, p, p], is one of the pixels of each patch. */
export function matrixShape({ shape }: Parameter): [number, number] {
  const [out, ...rest] = shape;
  return [out!, sizeOf(rest)];
}
