/** Defaults of a spec, read from its schema: the one place where they are written. */
import { isObject } from './json';
import schema from './spec.schema.json';

interface SchemaNode {
  $ref?: string;
  default?: unknown;
  properties?: Record<string, SchemaNode>;
  oneOf?: SchemaNode[];
  anyOf?: SchemaNode[];
  const?: unknown;
  type?: unknown;
}

const definitions: Readonly<Record<string, unknown>> = schema.definitions;
const definition = (name: string): SchemaNode => definitions[name] as SchemaNode;

/** A definition of the spec's schema, such as `training`. */
export type Definition = keyof typeof schema.definitions;

/** A copy of a valid value with the schema's defaults for what it leaves out. What has no default stays absent. */
export function fillDefaults<T extends object>(name: Definition, value: T): T {
  return fill(definition(name), value) as T;
}

function fill(node: SchemaNode, value: unknown): unknown {
  const { properties } = branchFor(node, value);
  if (properties === undefined || !isObject(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, property] of Object.entries(properties)) {
    const given = filled[key];
    if (given !== undefined) filled[key] = fill(property, given);
    else if (property.default !== undefined) filled[key] = structuredClone(property.default);
  }
  return filled;
}

/** The schema that a value follows: behind references, and of alternatives the one with its `type`, or the one for objects. */
function branchFor(node: SchemaNode, value: unknown): SchemaNode {
  if (node.$ref !== undefined) return branchFor(definition(node.$ref.replace('#/definitions/', '')), value);
  if (!isObject(value)) return node;
  const tagged = node.oneOf?.find(({ properties }) => properties?.type && properties.type.const === value.type);
  return tagged ?? node.anyOf?.find(({ type }) => type === 'object') ?? node;
}
