/** Keys that are missing, unknown or written twice. */
import { findNodeAtLocation, getNodeValue, type JSONPath } from 'jsonc-parser';
import type { JSONSchema } from 'vscode-json-languageservice';
import type { SpecDocument } from '../documents';
import { knownNames } from '../known-names';
import { insertProperty, memberOf, removeMember } from './edits';
import type { FixSource } from './fix';
import { schemaAt } from './schema-at';

/** Adds what is missing with a value to start from: a proposal that a person looks at, no part of "fix all". */
export const addMissing: FixSource = ({ document, code, path, diagnostic }) => {
  if (code !== 'MP1004' || !document.tree) return [];
  const owner = path.length === 0 ? document.tree : findNodeAtLocation(document.tree, path);
  if (owner?.type !== 'object') return [];
  const properties = schemaAt(path, getNodeValue(document.tree))?.properties ?? {};
  return missingKeys(diagnostic.message)
    .filter((key) => findNodeAtLocation(owner, [key]) === undefined)
    .map((key) => ({
      title: `Add "${key}"`,
      edits: [insertProperty(document.text, owner, key, startOf(document, path, key, properties[key]))],
    }));
};

/** The keys that a message says are lacking. */
function missingKeys(message: string): string[] {
  const [line = ''] = message.split('\n');
  if (line.includes('has no learning rate')) return ['learning_rate'];
  const [, list] = / lacks (?:the key|one of) ((?:"\w+"(?:, )?)+)/.exec(line) ?? [];
  return [...(list ?? '').matchAll(/"(\w+)"/g)].map(([, key]) => key!);
}

/** Takes out a key that the language does not know, and one that stands twice. */
export const removeKey: FixSource = ({ document, code, path, diagnostic }) => {
  if ((code !== 'MP1002' && code !== 'MP1006') || !document.tree) return [];
  const owner = path.length > 1 ? findNodeAtLocation(document.tree, path.slice(0, -1)) : document.tree;
  const at = document.text.offsetAt(diagnostic.range.start);
  const property = owner?.children?.find(({ children }) => {
    const key = children?.[0];
    return key && key.offset <= at && at <= key.offset + key.length;
  });
  return property ? [{ title: `Remove "${String(path.at(-1))}"`, edits: [removeMember(document.text, property)] }] : [];
};

/** Takes a name out of a list in which it means what another one means already. */
export const removeName: FixSource = ({ document, code, path }) => {
  if ((code !== 'MP1104' && code !== 'MP1109') || !document.tree) return [];
  const node = findNodeAtLocation(document.tree, path);
  if (node?.type !== 'string' || node.parent?.type !== 'array' || (node.parent.children?.length ?? 0) < 2) return [];
  return [{ title: `Leave out "${String(node.value)}" here`, edits: [removeMember(document.text, memberOf(node))] }];
};

/** What most often stands there; else the default, the only or first word, or something of the right type. */
function startOf(document: SpecDocument, path: JSONPath, key: string, schema: JSONSchema | boolean = {}): string {
  const [dataset] = knownNames(document, 'datasets');
  const splits = dataset ? `"${dataset.name}/train"` : '"rad/train"';
  const [section] = path;
  const usual: Readonly<Record<string, string>> = {
    version: '1',
    rank: '8',
    targets: '["query", "value"]',
    learning_rate: '1e-4',
    num_virtual_tokens: '10',
    bottleneck_size: '64',
    fraction: '0.1',
    from: splits,
    train: `[${splits}]`,
    validation: `{ "from": ${splits}, "fraction": 0.1, "by": "image" }`,
    metrics: '["exact_match"]',
    reason: '""',
    format: '"vqa_rad"',
    family: '"blip_vqa"',
    path: section === 'models' ? '"model"' : '"data"',
    type: section === 'adapters' ? '"lora"' : '"vqa"',
    mean: '[0.5, 0.5, 0.5]',
    std: '[0.5, 0.5, 0.5]',
  };
  if (Object.hasOwn(usual, key)) return usual[key]!;
  if (typeof schema === 'boolean') return '""';
  const first: unknown = schema.default ?? schema.const ?? schema.enum?.[0];
  if (first !== undefined) return JSON.stringify(first);
  const plain: Readonly<Record<string, string>> = {
    object: '{}',
    array: '[]',
    integer: '1',
    number: '1',
    boolean: 'true',
  };
  return plain[String([schema.type].flat()[0])] ?? '""';
}
