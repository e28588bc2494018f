/** A spec's tree for the JSON language service, made from the runner's: no text is parsed twice. */
import type { Node } from 'jsonc-parser';
import type { ArrayASTNode, ASTNode, ObjectASTNode, PropertyASTNode, StringASTNode } from 'vscode-json-languageservice';

/** @param node a value of a text without syntax errors */
export function astOf(node: Node, parent?: ASTNode): ASTNode {
  const { offset, length } = node;
  switch (node.type) {
    case 'object': {
      const properties: PropertyASTNode[] = [];
      const object: ObjectASTNode = { type: 'object', offset, length, parent, properties, children: properties };
      for (const property of node.children ?? []) properties.push(new Property(property, object));
      return object;
    }
    case 'property':
      return new Property(node, parent);
    case 'array': {
      const items: ASTNode[] = [];
      const array: ArrayASTNode = { type: 'array', offset, length, parent, items, children: items };
      for (const item of node.children ?? []) items.push(astOf(item, array));
      return array;
    }
    case 'string':
      return stringOf(node, parent);
    case 'number':
      return { type: 'number', offset, length, parent, value: node.value, isInteger: Number.isInteger(node.value) };
    case 'boolean':
      return { type: 'boolean', offset, length, parent, value: node.value };
    case 'null':
      return { type: 'null', offset, length, parent, value: null };
  }
}

/** A class: its parts name it as their parent before it is complete. */
class Property implements PropertyASTNode {
  readonly type = 'property';
  readonly offset: number;
  readonly length: number;
  readonly colonOffset: number | undefined;
  readonly keyNode: StringASTNode;
  readonly valueNode: ASTNode;
  readonly children: ASTNode[];
  constructor(
    { offset, length, colonOffset, children }: Node,
    readonly parent: ASTNode | undefined,
  ) {
    const [key, value] = children!;
    this.offset = offset;
    this.length = length;
    this.colonOffset = colonOffset;
    this.keyNode = stringOf(key!, this);
    this.valueNode = astOf(value!, this);
    this.children = [this.keyNode, this.valueNode];
  }
}

const stringOf = ({ offset, length, value }: Node, parent: ASTNode | undefined): StringASTNode => ({
  type: 'string',
  offset,
  length,
  parent,
  value,
});
