/** ajv reports every branch of an alternative; only the branch that was meant is worth a word. */
import type { ErrorObject } from 'ajv';

export type Schema = Readonly<Record<string, unknown>>;

/**
 * Leaves one set of errors for each alternative (`anyOf`, and the `oneOf` of required keys): those of the branches whose type the
 * value has; the alternative's own error where its type fits none. ajv puts the errors of the branches before that of the alternative.
 */
export function joinAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'anyOf') {
      const inside = kept.filter((other) => isAtOrUnder(other, error));
      const meant = inside.filter((other) => other.instancePath !== error.instancePath || fitsType(other));
      kept = kept.filter((other) => !inside.includes(other));
      kept.push(...(meant.length > 0 ? meant : [withBranches(error, inside)]));
    } else if (error.keyword === 'oneOf') {
      kept = kept.filter(
        (other) => !(other.keyword === 'required' && other.schemaPath.includes('/oneOf/') && isAt(other, error)),
      );
      kept.push(error);
    } else kept.push(error);
  }
  return kept.filter((error) => error.keyword === 'type' || !isContradicted(error, kept));
}

/** The alternative's error with the schemas of its branches in place of references to them. */
function withBranches(error: ErrorObject, inside: readonly ErrorObject[]): ErrorObject {
  return { ...error, parentSchema: { ...error.parentSchema, anyOf: inside.map(({ parentSchema }) => parentSchema) } };
}

/** A value of the wrong type is also none of the allowed words; the type says more. */
function isContradicted(error: ErrorObject, all: readonly ErrorObject[]): boolean {
  if (error.keyword !== 'enum' && error.keyword !== 'const') return false;
  return all.some(
    (other) => other.keyword === 'type' && isAt(other, error) && other.propertyName === error.propertyName,
  );
}

function fitsType(error: ErrorObject): boolean {
  if (error.keyword === 'type') return false;
  if (error.keyword !== 'enum' && error.keyword !== 'const') return true;
  return allowedWords((error.parentSchema ?? {}) as Schema).some((word) => typeof word === typeof error.data);
}

function isAt(a: ErrorObject, b: ErrorObject): boolean {
  return a.instancePath === b.instancePath;
}

function isAtOrUnder(inner: ErrorObject, outer: ErrorObject): boolean {
  return isAt(inner, outer) || inner.instancePath.startsWith(`${outer.instancePath}/`);
}

/** Words of `enum` or `const`. */
export function allowedWords(schema: Schema): unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum;
  return 'const' in schema ? [schema.const] : [];
}

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** Types that a schema allows, in words: `a number, an object or a list`. */
export function typeWords(schema: Schema): string {
  const words = [...new Set(typesOf(schema))];
  return words.length < 2 ? (words[0] ?? 'something else') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function typesOf(schema: Schema): string[] {
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap((branch: Schema) => typesOf(branch));
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  return [schema.type].flat().map((type) => names[String(type)] ?? String(type));
}

/** What kind of JSON value something is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  return names[typeof value] ?? typeof value;
}
