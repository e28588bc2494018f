/** A program as an ONNX model. Source of the field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
import type { ComputedType, Constant, Dimension, ElementType, Node, Port, Program } from '../../programs/types';
import type { Tensor } from '../types';
import { Message } from './protobuf';

/** The first operator set with Gelu. */
const operatorSet = 20;
const irVersion = 9;
/** TensorProto.DataType */
const typeCode: Record<ElementType, number> = { float32: 1, float16: 10, int32: 6, int64: 7, bool: 9 };
/** Attributes that are floats even where their value is a whole number. */
const floatAttributes = new Set(['epsilon', 'alpha', 'beta']);

/** Bytes of an ONNX ModelProto. @param frozen float32 tensors that the nodes read beside inputs and constants */
export function encodeModel(program: Program, frozen: Readonly<Record<string, Tensor>> = {}): Uint8Array {
  const graph = new Message();
  for (const node of program.nodes) graph.message(1, encodeNode(node));
  graph.text(2, program.name);
  for (const constant of program.constants) graph.message(5, encodeConstant(constant));
  for (const [name, tensor] of Object.entries(frozen)) graph.message(5, encodeFrozen(name, tensor));
  for (const port of program.inputs) graph.message(11, encodePort(port));
  for (const port of program.outputs) graph.message(12, encodePort(port));
  return new Message()
    .integer(1, irVersion)
    .text(2, 'medpeft')
    .message(7, graph)
    .message(8, new Message().text(1, '').integer(2, operatorSet))
    .encode();
}

function encodeNode(node: Node): Message {
  const message = new Message();
  for (const input of node.inputs) message.text(1, input);
  for (const output of node.outputs) message.text(2, output);
  message.text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) message.message(5, encodeAttribute(name, value));
  return message;
}

function encodeAttribute(name: string, value: number | string | readonly number[]): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'string') return message.bytes(4, Buffer.from(value)).integer(20, 3);
  if (typeof value !== 'number') {
    for (const item of value) message.integer(8, item);
    return message.integer(20, 7);
  }
  return floatAttributes.has(name) ? message.float(2, value).integer(20, 1) : message.integer(3, value).integer(20, 2);
}

function encodeConstant({ name, type, shape, values }: Constant): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  return message.integer(2, typeCode[type]).text(8, name).bytes(9, rawBytes(type, values));
}

function encodeFrozen(name: string, { data, shape }: Tensor): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message.integer(2, typeCode.float32).text(8, name).bytes(9, bytes);
}

function rawBytes(type: ComputedType, values: readonly number[]): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    case 'bool':
      return Uint8Array.from(values);
  }
}

function encodePort({ name, type, shape }: Port): Message {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(1, encodeDimension(size));
  const tensor = new Message().integer(1, typeCode[type]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

function encodeDimension(size: Dimension): Message {
  return typeof size === 'number' ? new Message().integer(1, size) : new Message().text(2, size);
}
