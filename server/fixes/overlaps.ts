/** Two groups that mean the same tensors: the one that is chosen by a pattern is narrowed to what the other leaves. */
import { findNodeAtLocation } from 'jsonc-parser';
import { matchGroup } from '../../runner/methods/groups';
import type { ParameterGroup, Spec } from '../../schemas/generated/spec';
import { resolveFrom } from '../paths';
import { insertProperty, replace } from './edits';
import type { Fix, FixRequest, FixSource } from './fix';

/** Of MP1104 between two groups of which at least one has a pattern. */
export const splitPattern: FixSource = async (request) => {
  const { code, diagnostic, document } = request;
  const [, first, second] = /^"([^"]+)" and "([^"]+)" both mean/.exec(diagnostic.message) ?? [];
  const spec = document.spec.usable?.spec;
  if (code !== 'MP1104' || first === undefined || second === undefined || !spec) return [];
  const fixes = await Promise.all([narrowed(request, spec, second, first), narrowed(request, spec, first, second)]);
  return fixes.flat();
};

/** `name` without the tensors of `other`. */
async function narrowed(request: FixRequest, spec: Spec, name: string, other: string): Promise<Fix[]> {
  const { text, tree } = request.document;
  const groups = spec.parameter_groups ?? {};
  const group = groups[name];
  const rest = groups[other];
  const node = tree && findNodeAtLocation(tree, ['parameter_groups', name]);
  const pattern = tree && findNodeAtLocation(tree, ['parameter_groups', name, 'pattern']);
  if (!group || !rest || !node || !pattern || group.pattern === undefined) return [];
  if (rest.pattern !== undefined && onlyPattern(rest)) {
    const split = `^(?!.*(?:${rest.pattern})).*(?:${group.pattern})`;
    return [
      {
        title: `Leave what "${other}" matches out of the pattern of "${name}"`,
        edits: [replace(text, pattern, JSON.stringify(split))],
      },
    ];
  }
  if (rest.kind === undefined || group.kind !== undefined) return [];
  const kinds = (await kindsOf(request, spec, group)).filter((kind) => ![rest.kind].flat().includes(kind));
  if (kinds.length === 0) return [];
  const value = kinds.length === 1 ? JSON.stringify(kinds[0]) : `[${kinds.map((kind) => `"${kind}"`).join(', ')}]`;
  return [
    {
      title: `Limit "${name}" to the kinds that "${other}" does not have: ${kinds.join(', ')}`,
      edits: [insertProperty(text, node, 'kind', value)],
    },
  ];
}

const onlyPattern = ({ kind, components, layers, parameters }: ParameterGroup) =>
  [kind, components, layers, parameters].every((setting) => setting === undefined);

/** The kinds of the tensors that a group matches in the models of the spec. */
async function kindsOf({ document, facts }: FixRequest, { models = {} }: Spec, group: ParameterGroup) {
  const checkpoints = await Promise.all(
    Object.values(models).map(({ path, family }) => facts.checkpoint(resolveFrom(document, path), family)),
  );
  const found = checkpoints.flatMap((checkpoint) =>
    'problem' in checkpoint ? [] : matchGroup(group, checkpoint.parameters).map(({ kind }) => kind),
  );
  return [...new Set(found)];
}
