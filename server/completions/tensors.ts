/** Kinds, components, roles and names of tensors, each with how many the checkpoints of this spec have of it. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { modulePath, roles } from '../../runner/methods/targets';
import type { Parameter } from '../../runner/models/types';
import { lazy } from '../../runner/once';
import { many } from '../datasets';
import type { Facts, KnownCheckpoint } from '../facts';
import { field, knownNames } from '../known-names';
import { resolveFrom } from '../paths';
import { type CompletionRequest, type CompletionSource, valueItem } from './request';

const kinds = ['layernorm', 'attention', 'ffn', 'embeddings', 'head', 'projector', 'other'];
const components = ['vision_encoder', 'projector', 'text_encoder', 'text_decoder', 'language_model'];

export const tensors: CompletionSource = (request, facts) =>
  request.place.is === 'tensors' ? itemsOf(request, request.place.by, facts) : undefined;

async function itemsOf(request: CompletionRequest, by: 'kind' | 'component' | 'target' | 'pattern', facts: Facts) {
  const checkpoints = await checkpointsOf(request, facts);
  const counted = (keyOf: (parameter: Parameter) => string | undefined) => {
    const counts = new Map<string, number[]>();
    checkpoints.forEach(({ parameters }, model) => {
      for (const key of parameters.map(keyOf))
        if (key !== undefined) {
          const of = counts.get(key) ?? checkpoints.map(() => 0);
          of[model]! += 1;
          counts.set(key, of);
        }
    });
    return counts;
  };
  const words = (known: readonly string[], keyOf: (parameter: Parameter) => string | undefined, what: string) => {
    const counts = counted(keyOf);
    return known.map((word) => {
      const found = counts.get(word);
      const detail = checkpoints.length > 0 ? countText(found, checkpoints, what) : undefined;
      return valueItem(request, word, { kind: CompletionItemKind.EnumMember, detail, order: found ? 0 : 2 });
    });
  };
  const patterns = (keyOf: (parameter: Parameter) => string | undefined, what: string) =>
    [...counted(keyOf)].map(([pattern, found]) =>
      valueItem(request, pattern, {
        kind: CompletionItemKind.Text,
        detail: countText(found, checkpoints, what),
        order: 1,
      }),
    );
  switch (by) {
    case 'kind':
      return words(kinds, ({ kind }) => kind, 'tensor');
    case 'component':
      return words(components, ({ component }) => component, 'tensor');
    case 'target': {
      const isLayer = ({ part, role }: Parameter) => part === 'weight' && role !== undefined;
      return [
        ...words(roles, (parameter) => (isLayer(parameter) ? parameter.role : undefined), 'layer'),
        ...patterns((parameter) => (isLayer(parameter) ? patternsOf(parameter).layer() : undefined), 'layer'),
      ];
    }
    case 'pattern':
      return patterns((parameter) => patternsOf(parameter).tensor(), 'tensor');
  }
}

/** The checkpoints of the spec that can be looked into, with the names that it gives them. */
async function checkpointsOf(
  { document }: CompletionRequest,
  facts: Facts,
): Promise<(KnownCheckpoint & { model: string })[]> {
  if (!document.onDisk) return [];
  const models = knownNames(document, 'models').map(async ({ name, settings }) => {
    const [folder, family] = [field(settings, 'path'), field(settings, 'family')];
    if (typeof folder !== 'string' || typeof family !== 'string') return [];
    const found = await facts.checkpoint(resolveFrom(document, folder), family);
    return 'problem' in found ? [] : [{ ...found, model: name }];
  });
  return (await Promise.all(models)).flat();
}

/** `24 tensors`, or `24 tensors in tiny, none in llava`. */
function countText(
  found: readonly number[] | undefined,
  checkpoints: readonly { model: string }[],
  what: string,
): string {
  if (!found) return `no ${what}s of this spec's models`;
  if (checkpoints.length === 1) return many(found[0] ?? 0, what);
  return checkpoints.map(({ model }, i) => `${found[i] ? many(found[i], what) : `no ${what}s`} in ${model}`).join(', ');
}

/** Patterns for the same tensor, and for the same module, in every layer; made once for each tensor of a checkpoint. */
function patternsOf(parameter: Parameter): { tensor(): string; layer(): string } {
  const made = known.get(parameter) ?? {
    tensor: lazy(() => patternOf(parameter.name)),
    layer: lazy(() => patternOf(modulePath(parameter.name))),
  };
  known.set(parameter, made);
  return made;
}

const known = new WeakMap<Parameter, ReturnType<typeof patternsOf>>();

function patternOf(name: string): string {
  const escaped = name.replaceAll('.', '\\.');
  return `^${escaped.replaceAll(/\\\.\d+(?=\\\.|$)/g, '\\.\\d+')}$`;
}
