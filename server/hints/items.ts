/** Beside each split of a task: how many items it has there, after filters and without what is held out. */
import { type Literal, visitLiterals } from '../literals';
import { placeAt } from '../places';
import type { SpecFacts } from '../plans/plan-facts';
import { counted, type Hint, type HintSource } from './hint';

export const items: HintSource = ({ tree, facts }) => {
  const found: Hint[] = [];
  visitLiterals(tree, (literal) => {
    const hint = facts && hintAt(literal, facts);
    if (hint) found.push(hint);
  });
  return found;
};

function hintAt({ node, path, isKey }: Literal, facts: SpecFacts): Hint | undefined {
  const [section, task, role] = path;
  if (isKey || section !== 'tasks' || placeAt(path, 'value')?.is !== 'split') return undefined;
  const counts = facts.items[String(task)]?.[role as 'train']?.[String(node.value)];
  if (!counts) return undefined;
  const { items: count, images, seen_images: seen } = counts;
  const held = role === 'validation' && path[3] === 'from';
  const ofImages = images === undefined ? '' : ` on ${counted(images)} images`;
  const leak = seen ? `, of which ${counted(seen)} also occur in training or validation` : '';
  return {
    kind: 'items',
    node,
    label: `${counted(count)} ${held ? 'held out' : count === 1 ? 'item' : 'items'}`,
    tooltip: `${counted(count)} items${ofImages}${leak}${role === 'train' ? ', without what is held out for validation' : ''}.`,
  };
}
