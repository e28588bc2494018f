/** A graph under construction: inputs, constants and primitive nodes, each value with its type and shape. */
import type { ComputedType, Constant, Dimension, ElementType, Node, Port } from './types';

/** A tensor that some node will compute, or an input or constant. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface GraphNode extends Node {
  /** Cheap enough to be computed again in the backward program instead of being saved. */
  readonly recomputed: boolean;
  /** Emitted by a gradient. */
  readonly backward: boolean;
}

export class Graph {
  readonly inputs = new Map<string, Port>();
  readonly constants = new Map<string, Constant>();
  readonly nodes: GraphNode[] = [];
  /** Every value that a node computes, and the node. */
  readonly values = new Map<string, Value>();
  readonly producers = new Map<string, GraphNode>();
  private recomputing = false;
  private differentiating = false;

  /** Declares an input. @throws Error on a second input of that name. */
  input(name: string, shape: readonly Dimension[], type: ElementType = 'float32', rate?: number): Value {
    if (this.inputs.has(name)) throw new Error(`input ${name} is declared twice`);
    const port = { name, type, shape, ...(rate !== undefined && { rate }) };
    this.inputs.set(name, port);
    return port;
  }

  constant(values: readonly number[], shape: readonly number[], type: ComputedType = 'float32'): Value {
    const constant = { name: `constant_${this.constants.size}`, type, shape, values };
    this.constants.set(constant.name, constant);
    return constant;
  }

  /** Appends one node and names its outputs. */
  emit(
    op: string,
    inputs: readonly Value[],
    outputs: readonly Omit<Value, 'name'>[],
    attributes?: Node['attributes'],
  ): Value[] {
    const values = outputs.map((output, i) => ({ ...output, name: `${op}_${this.nodes.length}${i ? `_${i}` : ''}` }));
    const node: GraphNode = {
      op,
      inputs: inputs.map(({ name }) => name),
      outputs: values.map(({ name }) => name),
      ...(attributes && { attributes }),
      recomputed: this.recomputing,
      backward: this.differentiating,
    };
    this.nodes.push(node);
    for (const value of values) {
      this.values.set(value.name, value);
      this.producers.set(value.name, node);
    }
    return values;
  }

  /** What `build` emits may be computed again in the backward program. */
  recomputed<T>(build: () => T): T {
    const before = this.recomputing;
    this.recomputing = true;
    try {
      return build();
    } finally {
      this.recomputing = before;
    }
  }

  /** What `build` emits belongs to the backward program. */
  backward<T>(build: () => T): T {
    this.differentiating = true;
    try {
      return build();
    } finally {
      this.differentiating = false;
    }
  }
}
