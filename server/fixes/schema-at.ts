/** The part of the spec's schema that holds at a place, as far as the text says which alternative is meant. */
import type { JSONPath } from 'jsonc-parser';
import type { JSONSchema } from 'vscode-json-languageservice';
import specSchema from '../../schemas/spec.schema.json';
import { field } from '../known-names';

const root = specSchema as unknown as JSONSchema;

/** @param value of the whole spec, as far as it can be read */
export function schemaAt(path: JSONPath, value: unknown): JSONSchema | undefined {
  let schema: JSONSchema | undefined = resolved(root, value);
  let at = value;
  for (const key of path) {
    at = typeof key === 'number' ? (Array.isArray(at) ? at[key] : undefined) : field(at, key);
    const below: JSONSchema | undefined = typeof key === 'number' ? listed(schema) : propertyOf(schema, key);
    schema = below && resolved(below, at);
  }
  return schema;
}

function propertyOf(schema: JSONSchema | undefined, key: string): JSONSchema | undefined {
  const own = schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  const found = own ?? schema?.additionalProperties;
  return typeof found === 'object' ? found : undefined;
}

const listed = (schema: JSONSchema | undefined) =>
  typeof schema?.items === 'object' && !Array.isArray(schema.items) ? schema.items : undefined;

/** References followed, and of alternatives the one that the value's `type` or kind tells. */
function resolved(schema: JSONSchema, value: unknown): JSONSchema | undefined {
  if (schema.$ref) {
    const target = root.definitions?.[schema.$ref.slice('#/definitions/'.length)];
    return typeof target === 'object' ? resolved(target, value) : undefined;
  }
  const branches = (schema.oneOf ?? schema.anyOf ?? []).flatMap((branch) =>
    typeof branch === 'object' ? (resolved(branch, undefined) ?? []) : [],
  );
  if (branches.length === 0) return schema;
  const type = field(value, 'type');
  const tagged = branches.find((branch) => constOf(branch.properties?.type) === type && type !== undefined);
  // Without alternatives that are told apart by `type`, keys that are required of one of them are no other schema.
  if (tagged) return tagged;
  if (branches.every(({ properties }) => properties?.type !== undefined)) return undefined;
  if (branches.every(({ type: kind, enum: words }) => kind === undefined && words === undefined)) return schema;
  return branches.find((branch) => [branch.type].flat().includes(kindOf(value))) ?? schema;
}

const constOf = (schema: unknown) => field(schema, 'const');

function kindOf(value: unknown): 'array' | 'object' | 'string' | 'number' | 'boolean' {
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? kind : 'object';
}
