/** A program: a list of primitive operations on named tensors, in ONNX's meaning of each. What a backend runs. */

/** What operations compute with. */
export type ComputedType = 'float32' | 'int32' | 'int64' | 'bool';
/** float16 is how a weight may be fed: it is widened before anything is computed. */
export type ElementType = ComputedType | 'float16';

/** A name stands for a size that is equal wherever the name occurs in one program. */
export type Dimension = number | string;

export interface Port {
  name: string;
  type: ElementType;
  shape: readonly Dimension[];
  /** Of an input that is a mask of dropout: its rate. Who runs the program draws the mask. */
  rate?: number;
}

export interface Node {
  /** ONNX operator of the default domain. */
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface Constant {
  name: string;
  type: ComputedType;
  shape: readonly number[];
  values: readonly number[];
}

export interface Program {
  name: string;
  inputs: readonly Port[];
  outputs: readonly Port[];
  constants: readonly Constant[];
  nodes: readonly Node[];
  /** What the nodes compute, outputs included: known sizes let cost.ts tell memory and work without running anything. */
  values: readonly Port[];
}
