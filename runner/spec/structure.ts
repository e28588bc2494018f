/** The schema's verdict in words: one finding a mistake, whatever the number of ajv's errors about it. */
import type { ErrorObject } from 'ajv';
import type { Task } from '../../schemas/generated/spec';
import validate from '../../schemas/generated/validate-spec';
import { nearest } from './nearest';
import type { Finding } from './report';
import { metricsOfTask } from './rules/metrics';
import { allowedWords, joinAlternatives, kindOf, type Schema, typeWords } from './schema_errors';
import { valueAt } from './values';

/** Every mistake of structure in a spec's value, in no particular order. */
export function checkStructure(value: unknown): Finding[] {
  if (validate(value)) return [];
  const errors = joinAlternatives(validate.errors ?? []);
  const findings = errors.flatMap((error) => toFinding(error, pathOf(error, value)) ?? []);
  const seen = new Set<string>();
  return findings.filter(({ code, path, at, message }) => {
    const key = JSON.stringify([code, path, at, message]);
    return !seen.has(key) && seen.add(key);
  });
}

type Keys = (string | number)[];

function pathOf({ instancePath }: ErrorObject, root: unknown): Keys {
  let at = root;
  return instancePath
    .split('/')
    .slice(1)
    .map((segment) => {
      const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
      const index = Array.isArray(at) ? Number(key) : key;
      at = (at as Record<string | number, unknown>)[index];
      return index;
    });
}

function toFinding(error: ErrorObject, path: Keys): Finding | undefined {
  const { keyword, params, data } = error;
  const schema = (error.parentSchema ?? {}) as Schema;
  // What is wrong with a name is said once, by `propertyNames`.
  if (error.propertyName !== undefined) return undefined;
  const name = nameOf(path);
  switch (keyword) {
    case 'type':
    case 'anyOf':
      return {
        code: 'MP1003',
        path,
        message: `${name} must be ${typeWords(schema)}, not ${kindOf(data)}`,
        ...about(schema),
      };
    case 'required':
      return misspeltTag(error, path) ?? missing(path, [String(params.missingProperty)], schema, data);
    case 'oneOf':
      return params.passingSchemas === null
        ? missing(path, alternatives(schema), schema)
        : {
            code: 'MP1005',
            path,
            at: 'owner',
            message: `only one of ${listed(alternatives(schema))} may be given`,
            hint: 'keep one of them',
          };
    case 'additionalProperties':
      return unknownKey([...path, String(params.additionalProperty)], Object.keys((schema.properties ?? {}) as Schema));
    case 'propertyNames':
      return badName([...path, String(params.propertyName)], schema.propertyNames as Schema);
    case 'discriminator':
      return params.tagValue === undefined
        ? undefined
        : notAllowed([...path, String(params.tag)], params.tagValue, tags(schema, String(params.tag)), {});
    case 'enum':
    case 'const':
      return notAllowed(path, data, allowedWords(schema), schema);
    default:
      return limit(error, path, name, schema);
  }
}

function missing(path: Keys, keys: readonly string[], schema: Schema, value?: unknown): Finding {
  const owner = nameOf(path);
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const words = tags(schema, keys[0]!);
  const choice = words.length > 0 ? `one of ${words.join(', ')}` : 'add one of them';
  const described = keys.length === 1 ? (properties[keys[0]!]?.description ?? choice) : choice;
  return {
    code: 'MP1004',
    path,
    at: 'owner',
    message: keys.length === 1 ? `${owner} lacks the key "${keys[0]}"` : `${owner} lacks one of ${listed(keys)}`,
    ...(typeof described === 'string' ? { hint: `${described}${metricWords(keys[0]!, value)}` } : {}),
  };
}

/** Metrics are chosen by the type of the task that lacks them. */
function metricWords(key: string, value: unknown): string {
  const type = key === 'metrics' && valueAt(value, ['type']);
  return type && Object.hasOwn(metricsOfTask, String(type))
    ? ` Of ${metricsOfTask[type as Task['type']].join(', ')}.`
    : '';
}

/** Without its tag an object's other keys cannot be judged; one that is written like the tag and is none of them was meant to be it. */
function misspeltTag({ params, data, parentSchema }: ErrorObject, path: Keys): Finding | undefined {
  const tag = String(params.missingProperty);
  const schema = (parentSchema ?? {}) as Schema;
  if (schema.discriminator === undefined) return undefined;
  const branches = (schema.oneOf ?? []) as { properties?: Schema }[];
  const known = new Set(branches.flatMap(({ properties }) => Object.keys(properties ?? {})));
  const key = Object.keys(data as object).find((one) => !known.has(one) && nearest(one, [tag]) === tag);
  return key === undefined ? undefined : unknownKey([...path, key], [tag]);
}

/** How other tools ask for tuned tensors of half the width. */
const precisions = ['bf16', 'fp16', 'pure_bf16', 'torch_dtype', 'dtype', 'precision', 'mixed_precision'];

function unknownKey(path: Keys, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  if (precisions.includes(key) && !known.includes(key))
    return {
      code: 'MP1002',
      path,
      at: 'key',
      message: `unknown key "${key}": what is tuned is always float32, whatever the checkpoint stores`,
      hint: 'remove it; bfloat16 would round away steps below about 2e-3 of a value (MP4012)',
    };
  return { code: 'MP1002', path, at: 'key', message: `unknown key "${key}"`, ...near(key, known, 'known keys') };
}

function badName(path: Keys, names: Schema): Finding {
  if (Array.isArray(names.enum)) return unknownKey(path, names.enum.map(String));
  return {
    code: 'MP1005',
    path,
    at: 'key',
    message: `"${path.at(-1)}" cannot be a name`,
    hint: 'a name begins with a letter; letters, digits, `_`, `.` and `-` may follow',
  };
}

function notAllowed(path: Keys, value: unknown, words: readonly unknown[], schema: Schema): Finding {
  const name = nameOf(path);
  const strings = words.filter((word) => typeof word === 'string');
  if (typeof value === 'string' && strings.length > 0)
    return { code: 'MP1005', path, message: `${name} cannot be "${value}"`, ...near(value, strings, 'allowed') };
  const wrongType = !words.some((word) => typeof word === typeof value);
  const message = `${name} must be ${words.map((word) => JSON.stringify(word)).join(' or ')}, not ${wrongType ? kindOf(value) : JSON.stringify(value)}`;
  return { code: wrongType ? 'MP1003' : 'MP1005', path, message, ...about(schema) };
}

const limits: Readonly<Record<string, (limit: unknown) => string>> = {
  minimum: (n) => `must be at least ${n}`,
  maximum: (n) => `must be at most ${n}`,
  exclusiveMinimum: (n) => `must be more than ${n}`,
  exclusiveMaximum: (n) => `must be less than ${n}`,
  minLength: () => 'must not be empty',
  minItems: (n) => (n === 1 ? 'must not be empty' : `must have ${n} entries`),
  maxItems: (n) => `must have at most ${n} entries`,
  minProperties: () => 'must not be empty',
  pattern: () => 'is not written as it should be',
};

function limit({ keyword, params, message }: ErrorObject, path: Keys, name: string, schema: Schema): Finding {
  const words = limits[keyword]?.(params.limit) ?? message ?? keyword;
  return { code: 'MP1005', path, message: `${name} ${words}`, ...about(schema) };
}

/** A place in words. */
function nameOf(path: Keys): string {
  const key = path.at(-1);
  if (key === undefined) return 'the spec';
  return typeof key === 'number' ? `entry ${key + 1} of "${path.at(-2)}"` : `"${key}"`;
}

function about({ description }: Schema): { hint?: string } {
  return typeof description === 'string' ? { hint: description } : {};
}

function near(word: string, known: readonly string[], title: string): { suggestion?: string; hint?: string } {
  const suggestion = nearest(word, known);
  return suggestion === undefined ? { hint: `${title}: ${known.join(', ')}` } : { suggestion };
}

/** Keys of a `oneOf` whose branches require one key each. */
function alternatives(schema: Schema): string[] {
  return ((schema.oneOf ?? []) as { required?: string[] }[]).flatMap(({ required }) => required ?? []);
}

function tags(schema: Schema, tag: string): unknown[] {
  const branches = (schema.oneOf ?? []) as { properties?: Record<string, { const: unknown }> }[];
  return branches.flatMap(({ properties }) => properties?.[tag]?.const ?? []);
}

function listed(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}
