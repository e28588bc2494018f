/** A spec's tree for the JSON language service, made from the runner's: no text is parsed twice. */
import type { Node } from 'jsonc-parser';
import type { ArrayASTNode, ASTNode, ObjectASTNode, PropertyASTNode, StringASTNode } from 'vscode-json-languageservice';

/** Of what lies in so many levels of containers only what reaches to the offset is kept whole. */
interface Around {
  offset: number;
  levels: number;
}

/**
 * As `astOf`, for questions about one place: sections, and entries of its own section, that do not reach there are empty. The service compares all that it is given with
 * the schema, in which no entry has a say in another.
 */
export const astAround = (node: Node, offset: number): ASTNode => astOf(node, undefined, { offset, levels: 2 });

/** @param node a value of a text without syntax errors */
export function astOf(node: Node, parent?: ASTNode, around?: Around): ASTNode {
  const { offset, length } = node;
  switch (node.type) {
    case 'object': {
      const properties: PropertyASTNode[] = [];
      const object: ObjectASTNode = { type: 'object', offset, length, parent, properties, children: properties };
      for (const property of node.children ?? []) properties.push(new Property(property, object, around));
      return object;
    }
    case 'property':
      return new Property(node, parent);
    case 'array': {
      const items: ASTNode[] = [];
      const array: ArrayASTNode = { type: 'array', offset, length, parent, items, children: items };
      for (const item of node.children ?? []) items.push(partOf(item, item, array, around));
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
    node: Node,
    readonly parent: ASTNode | undefined,
    around?: Around,
  ) {
    const [key, value] = node.children!;
    this.offset = node.offset;
    this.length = node.length;
    this.colonOffset = node.colonOffset;
    this.keyNode = stringOf(key!, this);
    this.valueNode = partOf(value!, node, this, around);
    this.children = [this.keyNode, this.valueNode];
  }
}

/** @param part of the container: the value itself, or the property that it is of */
function partOf(value: Node, part: Node, parent: ASTNode, around: Around | undefined): ASTNode {
  if (!around) return astOf(value, parent);
  const { offset, levels } = around;
  const reaches = part.offset <= offset && offset <= part.offset + part.length;
  if (reaches) return astOf(value, parent, levels > 1 ? { offset, levels: levels - 1 } : undefined);
  return astOf(value.children ? { ...value, children: [] } : value, parent);
}

const stringOf = ({ offset, length, value }: Node, parent: ASTNode | undefined): StringASTNode => ({
  type: 'string',
  offset,
  length,
  parent,
  value,
});
