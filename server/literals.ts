/** Every text and number of a tree with its place, in one walk: asking each node for its path would take the square of a long list. */
import type { JSONPath, Node } from 'jsonc-parser';

export interface Literal {
  node: Node;
  /** Keys from the root. Of a key: with itself. Valid during the visit alone. */
  path: JSONPath;
  isKey: boolean;
}

export function visitLiterals(tree: Node | undefined, visit: (literal: Literal) => void): void {
  const path: JSONPath = [];
  const enter = (node: Node, isKey: boolean): void => {
    if (node.type === 'string' || node.type === 'number') visit({ node, path, isKey });
    else if (node.type === 'array')
      node.children?.forEach((child, i) => {
        path.push(i);
        enter(child, false);
        path.pop();
      });
    else if (node.type === 'object') for (const property of node.children ?? []) enterProperty(property);
  };
  const enterProperty = ({ children: [key, value] = [] }: Node): void => {
    if (!key) return;
    path.push(String(key.value));
    enter(key, true);
    if (value) enter(value, false);
    path.pop();
  };
  if (tree) enter(tree, false);
}
