/** Beside each split of a task: how many items it has there, after filters and without what is held out. */
import { getNodePath, type Node } from 'jsonc-parser';
import { isKey } from '../names';
import { placeAt } from '../places';
import type { SpecFacts } from '../plans/plan-facts';
import { counted, type Hint, type HintSource } from './hint';

export const items: HintSource = ({ tree, facts }) => (facts ? splitsIn(tree, facts) : []);

function splitsIn(node: Node, facts: SpecFacts): Hint[] {
  if (node.type !== 'string') return (node.children ?? []).flatMap((child) => splitsIn(child, facts));
  const path = getNodePath(node);
  const [section, task, role] = path;
  if (isKey(node) || section !== 'tasks' || placeAt(path, 'value')?.is !== 'split') return [];
  const counts = facts.items[String(task)]?.[role as 'train']?.[String(node.value)];
  if (!counts) return [];
  const { items: count, images, seen_images: seen } = counts;
  const held = role === 'validation' && path[3] === 'from';
  const ofImages = images === undefined ? '' : ` on ${counted(images)} images`;
  const leak = seen ? `, of which ${counted(seen)} also occur in training or validation` : '';
  return [
    {
      kind: 'items',
      node,
      label: `${counted(count)} ${held ? 'held out' : count === 1 ? 'item' : 'items'}`,
      tooltip: `${counted(count)} items${ofImages}${leak}${role === 'train' ? ', without what is held out for validation' : ''}.`,
    },
  ];
}
