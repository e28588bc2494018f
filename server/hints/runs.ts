/** Beside `methods`: how many runs the spec stands for. */
import { type HintSource, keyAt } from './hint';

export const runs: HintSource = ({ tree, facts }) => {
  const node = keyAt(tree, ['methods']);
  if (!node || !facts || facts.planned.length === 0) return [];
  const { planned, excluded } = facts;
  const left = excluded > 0 ? `, ${excluded} left out` : '';
  return [
    {
      kind: 'runs',
      node,
      label: `${planned.length} run${planned.length === 1 ? '' : 's'}${left}`,
      tooltip: 'Models × tasks × methods × seeds × sweep, without what "exclude" leaves out or cannot be run.',
    },
  ];
};
