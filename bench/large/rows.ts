/** What is measured on the large model, and what is kept of it. */
import type { MethodSettings } from '../../runner/methods/select';
import type { FrozenPrecision } from '../../runner/models/precision';
import type { Bits } from '../../runner/models/quantized';

const language = (name: string): MethodSettings['method'] => ({ components: { language_model: [name] } });

export const methods: Readonly<Record<string, MethodSettings>> = {
  layernorm: { method: language('norms'), parameterGroups: { norms: { kind: 'layernorm' } }, adapters: {} },
  lora: {
    method: language('lora'),
    parameterGroups: {},
    adapters: { lora: { type: 'lora', rank: 8, alpha: 16, targets: ['query', 'value'] } },
  },
};

export interface RowSettings {
  method: keyof typeof methods;
  /** Tunes a copy with matrices in so many bits. */
  bits?: Bits;
  /** The model's frozen_precision. */
  precision?: FrozenPrecision;
  /** Bytes of runtime.memory. */
  memory?: number;
}

/** runtime.memory where a row says nothing: for a peak below 8 GB. */
export const smallMemory = 7.5e9;

export const rows: Readonly<Record<string, RowSettings>> = {
  layernorm: { method: 'layernorm' },
  lora: { method: 'lora' },
  'layernorm, 8 bits': { method: 'layernorm', bits: 8 },
  'layernorm, 4 bits': { method: 'layernorm', bits: 4 },
  'layernorm, 19 GB': { method: 'layernorm', memory: 19e9 },
  'layernorm, 19 GB, float16': { method: 'layernorm', memory: 19e9, precision: 'float16' },
};

/** Seconds of some work, those of them in programs and those until weights were ready, processor seconds; bytes read from files, operations of matrix products. */
export interface Passed {
  seconds: number;
  processor: number;
  programs: number;
  weights: number;
  bytes: number;
  flops: number;
}

export interface Measurement {
  /** With the GFLOP that one large product makes in a processor second, the better of before and after. */
  steps: (Passed & { loss: number; gflops: number })[];
  answer: Passed & { tokens: number };
  trainable: number;
  /** Bytes; `allowed` is runtime.memory. */
  peak: number;
  planned: number;
  allowed: number;
  threads: number;
}

/** As kept in bench/large/results.json, under the row's name. */
export interface LargeRow extends Measurement {
  machine: string;
  load: number;
  date: string;
}
