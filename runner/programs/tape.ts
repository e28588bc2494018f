/**
 * Reverse-mode differentiation while a program is built. An operation emits its forward primitives and records a hand-written gradient; `differentiate` walks
 * the records backward, asks only for gradients that lead to something wanted, and cuts the graph into a forward and a backward program.
 */
import { Graph, type GraphNode, type Value } from './graph';
import { add, identity } from './primitives';
import type { Constant, Dimension, ElementType, Node, Port, Program } from './types';

/** Emits the gradient of each recorded input for which `wants` is true, given the gradient of the output. */
export type Gradient = (dOutput: Value, wants: readonly boolean[]) => (Value | undefined)[];

interface Record {
  inputs: readonly Value[];
  outputs: readonly Value[];
  gradient: (dOutputs: (Value | undefined)[], wants: readonly boolean[]) => (Value | undefined)[];
}

export interface Wanted {
  parameters: ReadonlySet<string>;
  inputs: ReadonlySet<string>;
}

export interface BlockPrograms {
  /** The outputs alone. */
  inference: Program;
  /** The outputs and what backward needs. */
  forward: Program;
  /** From inputs, parameters, saved tensors and `grad.<output>` to `grad.<name>` of all that is wanted. */
  backward: Program;
  /** Outputs of forward that are inputs of backward. */
  saved: readonly string[];
}

export class Tape {
  readonly graph = new Graph();
  readonly parameters = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();
  private readonly records: Record[] = [];

  constructor(readonly name: string) {}

  input(name: string, shape: readonly Dimension[], type: ElementType = 'float32'): Value {
    return this.graph.input(name, shape, type);
  }

  /** A mask of dropout: zeros, and 1 / (1 - rate). */
  mask(name: string, shape: readonly Dimension[], rate: number): Value {
    return this.graph.input(name, shape, 'float32', rate);
  }

  /** A tensor of the model; asked for twice, it is one input, and its gradients add up. */
  parameter(name: string, shape: readonly number[]): Value {
    const known = this.parameters.get(name);
    if (known) return known;
    const value = this.graph.input(name, shape);
    this.parameters.set(name, value);
    return value;
  }

  output(name: string, value: Value): void {
    this.outputs.set(name, value);
  }

  record(inputs: readonly Value[], output: Value, gradient: Gradient): Value {
    this.recordMany(inputs, [output], ([dOutput], wants) => gradient(dOutput!, wants));
    return output;
  }

  /** As `record`, for several outputs; the gradient of one that leads nowhere is undefined. */
  recordMany(inputs: readonly Value[], outputs: readonly Value[], gradient: Record['gradient']): void {
    this.records.push({ inputs, outputs, gradient });
  }

  /** The program without gradients. */
  inference(): Program {
    return cut(this, `${this.name}.inference`, this.outputs, () => false).program;
  }

  /** Forward and backward programs for what is wanted. Call it on a fresh tape: it appends to the graph. */
  differentiate(wanted: Wanted): BlockPrograms {
    const inference = this.inference();
    const seeds = new Map(
      [...this.outputs].map(([name, { shape }]) => [name, this.graph.input(`grad.${name}`, shape)]),
    );
    const gradients = this.walk(wanted, seeds);
    const produced = (node: GraphNode) => !node.backward && !node.recomputed;
    const backward = cut(this, `${this.name}.backward`, gradients, produced);
    const results = new Map(this.outputs);
    for (const name of backward.stopped)
      if (![...results.values()].some((v) => v.name === name)) results.set(name, computed(this, name));
    const forward = cut(this, `${this.name}.forward`, results, () => false);
    return { inference, forward: forward.program, backward: backward.program, saved: backward.stopped };
  }

  /** One program for the outputs and the gradients of the single output, a scalar loss. */
  joined(wanted: Wanted): Program {
    const [name] = this.outputs.keys();
    const gradients = this.walk(wanted, new Map([[name!, this.graph.constant([1], [])]]));
    return cut(this, `${this.name}.joined`, new Map([...this.outputs, ...gradients]), () => false).program;
  }

  private walk(wanted: Wanted, seeds: Map<string, Value>): Map<string, Value> {
    const sources = [...wanted.parameters, ...wanted.inputs];
    const needs = new Set(sources);
    for (const { inputs, outputs } of this.records)
      if (inputs.some(({ name }) => needs.has(name))) for (const { name } of outputs) needs.add(name);
    const gradients = new Map<string, Value>();
    return this.graph.backward(() => {
      const accumulate = (to: string, gradient: Value) => {
        const before = gradients.get(to);
        gradients.set(to, before ? add(this.graph, before, gradient) : gradient);
      };
      for (const [name, value] of this.outputs) if (needs.has(value.name)) accumulate(value.name, seeds.get(name)!);
      for (const { inputs, outputs, gradient } of [...this.records].reverse()) {
        const dOutputs = outputs.map(({ name }) => gradients.get(name));
        const wants = inputs.map(({ name }) => needs.has(name));
        if (!wants.includes(true) || dOutputs.every((d) => !d)) continue;
        gradient(dOutputs, wants).forEach((value, i) => {
          if (value && wants[i]) accumulate(inputs[i]!.name, value);
        });
      }
      const taken = new Set<string>();
      return new Map(
        sources.map((name) => {
          const gradient = gradients.get(name);
          if (!gradient) throw new Error(`nothing in ${this.name} depends on ${name}`);
          // A result needs a name of its own: one value may be the gradient of two things, or the seed itself.
          const own = this.graph.producers.has(gradient.name) && !taken.has(gradient.name);
          taken.add(gradient.name);
          return [`grad.${name}`, own ? gradient : identity(this.graph, gradient)];
        }),
      );
    });
  }
}

/** Type and shape of a value that a node of the tape computes. */
function computed(tape: Tape, name: string): Value {
  const value = tape.graph.values.get(name);
  if (!value) throw new Error(`no value ${name}`);
  return value;
}

/**
 * The nodes that the results depend on, as a program.
 * @param stop nodes whose outputs are taken as inputs instead; their names are returned as `stopped`.
 */
function cut(
  tape: Tape,
  name: string,
  results: ReadonlyMap<string, Value>,
  stop: (node: GraphNode) => boolean,
): { program: Program; stopped: string[] } {
  const { graph } = tape;
  const nodes = new Set<GraphNode>();
  const inputs = new Map<string, Port>();
  const constants = new Map<string, Constant>();
  const stopped = new Set<string>();
  const visit = (value: string): void => {
    const node = graph.producers.get(value);
    const constant = graph.constants.get(value);
    if (constant) constants.set(value, constant);
    else if (!node) inputs.set(value, graph.inputs.get(value)!);
    else if (stop(node)) stopped.add(value);
    else if (!nodes.has(node)) {
      nodes.add(node);
      for (const input of node.inputs) visit(input);
    }
  };
  for (const { name: value } of results.values()) visit(value);
  for (const value of stopped) inputs.set(value, computed(tape, value));
  const renamed = new Map([...tape.outputs].map(([to, value]) => [value.name, to]));
  for (const [to, value] of results) renamed.set(value.name, to);
  const rename = (value: string) => renamed.get(value) ?? value;
  const port = ({ name: of, type, shape, rate }: Port): Port => ({
    name: rename(of),
    type,
    shape,
    ...(rate !== undefined && { rate }),
  });
  const kept = graph.nodes.filter((node) => nodes.has(node));
  const program: Program = {
    name,
    inputs: [...inputs.values()].map(port),
    outputs: [...results.values()].map(port),
    constants: [...constants.values()],
    nodes: kept.map(
      (node): Node => ({
        op: node.op,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
        ...(node.attributes && { attributes: node.attributes }),
      }),
    ),
    values: kept.flatMap(({ outputs }) => outputs.map((value) => port(computed(tape, value)))),
  };
  return { program, stopped: [...stopped].map(rename) };
}
