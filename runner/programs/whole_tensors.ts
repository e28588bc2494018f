/** Programs that move or add whole tensors of any size, by their rank: for what happens between blocks where tensors stay on a device. */
import type { Dimension, Port, Program } from './types';

const sizes = (rank: number, first: string): Dimension[] =>
  Array.from({ length: rank }, (_, i) => (i === 0 ? first : `d${i}`));
const port = (name: string, shape: readonly Dimension[], type: Port['type'] = 'float32'): Port => ({
  name,
  type,
  shape,
});

/** y = x. */
export function copyProgram(rank: number): Program {
  const shape = sizes(rank, 'd0');
  const y = port('y', shape);
  return {
    name: 'copy',
    inputs: [port('x', shape)],
    outputs: [y],
    constants: [],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    values: [y],
  };
}

/** y = a + b of one shape. */
export function sum(rank: number): Program {
  const shape = sizes(rank, 'd0');
  const y = port('y', shape);
  return {
    name: 'sum',
    inputs: [port('a', shape), port('b', shape)],
    outputs: [y],
    constants: [],
    nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
    values: [y],
  };
}

/** y = the rows of x from `begin` up to `end`, int64 [1] each. */
export function rowRange(rank: number): Program {
  const y = port('y', sizes(rank, 'range'));
  return {
    name: 'rows',
    inputs: [port('x', sizes(rank, 'd0')), port('begin', [1], 'int64'), port('end', [1], 'int64')],
    outputs: [y],
    constants: [{ name: 'axes', type: 'int64', shape: [1], values: [0] }],
    nodes: [{ op: 'Slice', inputs: ['x', 'begin', 'end', 'axes'], outputs: ['y'] }],
    values: [y],
  };
}

/** y = the rows of a, then those of b. */
export function concatenation(rank: number): Program {
  const y = port('y', sizes(rank, 'all'));
  return {
    name: 'concatenation',
    inputs: [port('a', sizes(rank, 'above')), port('b', sizes(rank, 'below'))],
    outputs: [y],
    constants: [],
    nodes: [{ op: 'Concat', inputs: ['a', 'b'], outputs: ['y'], attributes: { axis: 0 } }],
    values: [y],
  };
}
