/** `extends`: a spec laid over the one that it names, and so on. Paths in a base stay relative to the base's own folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { refusalText } from '../text';
import { type Parsed, parseText } from './parse';
import type { Finding } from './report';

type Values = Record<string, unknown>;

export interface Extended {
  /** The merged value, with paths relative to the first spec's folder and without `extends`. */
  value: unknown;
  /** Absolute paths of the bases, nearest first. */
  bases: string[];
  findings: Finding[];
}

/** Follows `extends` of a parsed spec. A base that is missing, broken or met before is one finding (MP1008), at `extends`. */
export function followExtends(file: string, parsed: Pick<Parsed, 'value'>): Extended {
  const own = parsed.value;
  if (!isObject(own) || typeof own.extends !== 'string') return { value: own, bases: [], findings: [] };
  const bases: string[] = [];
  let merged: unknown = withoutExtends(own);
  let from = file;
  let next: unknown = own.extends;
  while (typeof next === 'string') {
    const base = path.resolve(path.dirname(from), next);
    const problem = base === file || bases.includes(base) ? `it comes back to ${base}` : undefined;
    const read = problem === undefined ? readBase(base) : { problem };
    if (read.problem !== undefined || read.value === undefined)
      return {
        value: merged,
        bases,
        findings: [
          {
            code: 'MP1008',
            path: ['extends'],
            message: `"extends" cannot be followed: ${read.problem}`,
            hint: 'name a spec that can be read, relative to this one, or remove the key',
          },
        ],
      };
    bases.push(base);
    merged = deepMerge(rebase(withoutExtends(read.value), path.dirname(base), path.dirname(file)), merged);
    from = base;
    next = read.value.extends;
  }
  return { value: merged, bases, findings: [] };
}

function readBase(file: string): { value?: Values; problem?: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problem: `${file} cannot be read: ${refusalText(error)}` };
  }
  const { value, diagnostics } = parseText(text);
  const [first] = diagnostics();
  if (first) return { problem: `${file}, line ${first.range.start.line + 1}: ${first.message}` };
  return isObject(value) ? { value } : { problem: `${file} does not hold an object` };
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

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
