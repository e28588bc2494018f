/** `extends`: a spec laid over the one that it names, and so on. Paths in a base stay relative to the base's own folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, type Values } from '../../schemas/json';
import { refusalText } from '../text';
import { type Parsed, parseText } from './parse';
import type { Finding } from './report';

export interface Extended {
  /** The merged value, with paths relative to the first spec's folder and without `extends`. */
  value: unknown;
  /** Absolute paths of the bases, nearest first. */
  bases: string[];
  findings: Finding[];
  /** A base is still being read: what it holds and extends is not in the value. */
  isPartial: boolean;
}

/** What a base holds, or why it cannot be followed. */
export type Base = { value: Values; problem?: undefined } | { problem: string };

/** @returns undefined where the file is still being read */
export type ReadBase = (file: string) => Base | undefined;

/** Follows `extends` of a parsed spec. A base that is missing, broken or met before is one finding (MP1008), at `extends`. */
export function followExtends(file: string, parsed: Pick<Parsed, 'value'>, read: ReadBase = readBase): Extended {
  const own = parsed.value;
  if (!isObject(own) || typeof own.extends !== 'string')
    return { value: own, bases: [], findings: [], isPartial: false };
  const bases: string[] = [];
  let merged: unknown = withoutExtends(own);
  let from = file;
  let next: unknown = own.extends;
  while (typeof next === 'string') {
    const base = path.resolve(path.dirname(from), next);
    const found = base === file || bases.includes(base) ? { problem: `it comes back to ${base}` } : read(base);
    if (!found) return { value: merged, bases: [...bases, base], findings: [], isPartial: true };
    if (found.problem !== undefined)
      return {
        value: merged,
        bases,
        isPartial: false,
        findings: [
          {
            code: 'MP1008',
            path: ['extends'],
            message: `"extends" cannot be followed: ${found.problem}`,
            hint: 'name a spec that can be read, relative to this one, or remove the key',
          },
        ],
      };
    bases.push(base);
    merged = deepMerge(rebase(withoutExtends(found.value), path.dirname(base), path.dirname(file)), merged);
    from = base;
    next = found.value.extends;
  }
  return { value: merged, bases, findings: [], isPartial: false };
}

function readBase(file: string): Base {
  try {
    return baseOf(file, readFileSync(file, 'utf8'));
  } catch (error) {
    return unreadableBase(file, error);
  }
}

export function baseOf(file: string, text: string): Base {
  const { value, diagnostics } = parseText(text);
  const [first] = diagnostics();
  if (first) return { problem: `${file}, line ${first.range.start.line + 1}: ${first.message}` };
  return isObject(value) ? { value } : { problem: `${file} does not hold an object` };
}

export function unreadableBase(file: string, error: unknown): Base {
  return { problem: `${file} cannot be read: ${refusalText(error)}` };
}

/**
 * `over` laid over `base`: objects key by key, everything else as a whole. Keys of the base come first.
 * An object that changes its `type` replaces the other one: their keys do not belong together.
 */
export function deepMerge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over === undefined ? base : over;
  if (base.type !== undefined && over.type !== undefined && base.type !== over.type) return over;
  const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(keys.map((key) => [key, deepMerge(base[key], over[key])]));
}

/** Makes the paths of a base relative to another folder. */
function rebase(value: Values, from: string, to: string): Values {
  if (from === to) return value;
  const move = (given: unknown) =>
    typeof given === 'string' && !path.isAbsolute(given) ? path.relative(to, path.resolve(from, given)) || '.' : given;
  const moveIn = (section: unknown, key: string): unknown =>
    isObject(section) && section[key] !== undefined ? { ...section, [key]: move(section[key]) } : section;
  const moveAll = (section: unknown, keys: readonly string[]): unknown =>
    isObject(section)
      ? Object.fromEntries(Object.entries(section).map(([name, entry]) => [name, keys.reduce(moveIn, entry)]))
      : section;
  const moved = { ...value };
  if ('models' in moved) moved.models = moveAll(moved.models, ['path']);
  if ('datasets' in moved) moved.datasets = moveAll(moved.datasets, ['path', 'image_folder']);
  if ('runtime' in moved) moved.runtime = moveIn(moved.runtime, 'output_dir');
  return moved;
}

function withoutExtends(value: Values): Values {
  const { extends: _, ...rest } = value;
  return rest;
}
