/** Values that are out of range, or of the wrong type although it is clear what was meant. */
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { JSONSchema } from 'vscode-json-languageservice';
import { replace } from './edits';
import type { FixSource } from './fix';
import { schemaAt } from './schema-at';

/** Moves a number to the nearest value that is allowed; to the default where there is no nearest. */
export const intoRange: FixSource = ({ document, code, path }) => {
  const node = document.tree && path.length > 0 ? findNodeAtLocation(document.tree, path) : undefined;
  if ((code !== 'MP1005' && code !== 'MP1003') || node?.type !== 'number' || !document.tree) return [];
  const schema = schemaAt(path, getNodeValue(document.tree));
  const value = schema && nearestAllowed(Number(node.value), schema);
  if (value === undefined || value === Number(node.value)) return [];
  return [{ title: `Change to ${value}`, edits: [replace(document.text, node, String(value))] }];
};

function nearestAllowed(value: number, schema: JSONSchema): number | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const whole = [schema.type].flat().includes('integer');
  const rounded = whole ? Math.round(value) : value;
  if (minimum !== undefined && rounded < minimum) return minimum;
  if (maximum !== undefined && rounded > maximum) return maximum;
  const outside =
    (exclusiveMinimum !== undefined && rounded <= Number(exclusiveMinimum)) ||
    (exclusiveMaximum !== undefined && rounded >= Number(exclusiveMaximum));
  if (!outside) return rounded;
  return typeof schema.default === 'number' ? schema.default : undefined;
}

/** A number in quotes, and one entry where a list stands. */
export const rightType: FixSource = ({ document, code, path }) => {
  const node = document.tree && path.length > 0 ? findNodeAtLocation(document.tree, path) : undefined;
  if (code !== 'MP1003' || !node || !document.tree) return [];
  const schema = schemaAt(path, getNodeValue(document.tree));
  const types = (schema?.anyOf ?? [schema ?? {}]).flatMap((branch) =>
    typeof branch === 'object' ? [branch.type].flat() : [],
  );
  const written = document.text.getText().slice(node.offset, node.offset + node.length);
  const change = (newText: string) => [
    { title: `Change to ${newText}`, edits: [replace(document.text, node, newText)], preferred: true },
  ];
  if (node.type === 'string' && types.some((type) => type === 'number' || type === 'integer')) {
    const number = plainNumber(node);
    if (number !== undefined && (!types.includes('integer') || Number.isInteger(Number(number)))) return change(number);
  }
  if (node.type === 'string' && types.includes('boolean') && /^(true|false)$/.test(String(node.value)))
    return change(String(node.value));
  if (node.type !== 'array' && types.includes('array') && fitsEntry(node, schema)) return change(`[${written}]`);
  return [];
};

function plainNumber({ value }: Node): string | undefined {
  const text = String(value).trim();
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : undefined;
}

function fitsEntry(node: Node, schema: JSONSchema | undefined): boolean {
  return node.type === 'string' || (node.type === 'number' && schema?.items !== undefined);
}
