/** The schema of the spec as the editor shows it: each description says its default and limits, each known word what it stands for. */
import { getLanguageService, type JSONSchema, type LanguageServiceParams } from 'vscode-json-languageservice';
import { formats } from '../runner/data/formats';
import { metrics } from '../runner/metrics/registry';
import { families } from '../runner/models';
import specSchema from '../schemas/spec.schema.json';
import { slot } from './snippets';

/** Every text that this server is given is a spec, whatever its name. */
export function createJsonService(contributions: LanguageServiceParams['contributions']) {
  const service = getLanguageService({ contributions, clientCapabilities: { textDocument: markdown } });
  service.configure({
    validate: false,
    allowComments: true,
    schemas: [{ uri: specSchema.$id, fileMatch: ['*'], schema: editorSchema() }],
  });
  return service;
}

const markdown = {
  completion: { completionItem: { documentationFormat: ['markdown' as const], labelDetailsSupport: true } },
  hover: { contentFormat: ['markdown' as const] },
};

function editorSchema(): JSONSchema {
  const schema = documented(specSchema) as JSONSchema;
  const { metric, model, dataset } = schema.definitions!;
  explainWords(metric!, (id) => metrics.get(id)?.summary);
  explainWords(model!.properties!.family as JSONSchema, (id) => families[id]?.title);
  explainWords(dataset!.properties!.format as JSONSchema, (id) => formats.get(id)?.summary);
  return schema;
}

/** The language is whole while the support grows: a word that no registry knows is proposed, but says so. */
function explainWords(schema: JSONSchema, meaning: (id: string) => string | undefined): void {
  schema.enumDescriptions = schema.enum!.map((id) => meaning(id) ?? 'Not supported in this version.');
  schema.enumSortTexts = schema.enum!.map((id) => `${meaning(id) === undefined ? 1 : 0}${id}`);
}

/** A copy in which every description is Markdown and ends in default and limits, and every value has a type to start from. */
function documented(schema: unknown, name = ''): unknown {
  if (Array.isArray(schema)) return schema.map((entry) => documented(entry));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: JSONSchema = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, documented(value, key)]),
  );
  // `description` may also be the name of a property: then it is an object.
  if (typeof copy.description !== 'string') return copy;
  copy.markdownDescription = [copy.description, ...limitsOf(copy)].join('\n\n');
  // The service writes no value for a new key whose type it would have to look up in alternatives.
  if (copy.anyOf) copy.type ??= [...new Set(copy.anyOf.flatMap(typesOf))];
  const sample = samples[name];
  if (sample !== undefined && copy.default === undefined) copy.defaultSnippets = [{ body: `^${slot(1, sample)}` }];
  return copy;
}

/** What a number without a default starts with when its key is completed. */
const samples: Readonly<Record<string, string>> = {
  learning_rate: '1e-4',
  fraction: '0.1',
  max_steps: '100',
  eval_steps: '100',
  save_steps: '100',
  image_size: '224',
  num_virtual_tokens: '10',
  projection_size: '128',
  bottleneck_size: '64',
};

function typesOf(schema: JSONSchema | boolean): string[] {
  if (typeof schema !== 'object') return [];
  const { $ref: reference, const: only, type } = schema;
  if (reference) return typesOf(definitions[reference.slice('#/definitions/'.length)] ?? {});
  return type === undefined ? [typeof only] : [type].flat();
}

const definitions = (specSchema as unknown as JSONSchema).definitions as Record<string, JSONSchema>;

/** More words than this are for completion to show. */
const mostWords = 8;

function limitsOf(schema: JSONSchema): string[] {
  const limits = [
    schema.minimum !== undefined && `at least ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `more than ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && `at most ${schema.maximum}`,
    schema.exclusiveMaximum !== undefined && `less than ${schema.exclusiveMaximum}`,
  ].filter((limit) => limit !== false);
  const words = schema.enum && schema.enum.length <= mostWords ? schema.enum : [];
  return [
    ...(schema.default === undefined ? [] : [`Default: \`${JSON.stringify(schema.default)}\``]),
    ...(limits.length > 0 ? [`Allowed: ${limits.join(', ')}`] : []),
    ...(words.length > 0 ? [`One of ${words.map((word) => `\`${word}\``).join(', ')}`] : []),
  ];
}
