/** What is measured on the large model, and what is kept of it. */
import type { MethodSettings } from '../../runner/methods/select';

const language = (name: string): MethodSettings['method'] => ({ components: { language_model: [name] } });

export const methods: Readonly<Record<string, MethodSettings>> = {
  layernorm: { method: language('norms'), parameterGroups: { norms: { kind: 'layernorm' } }, adapters: {} },
  lora: {
    method: language('lora'),
    parameterGroups: {},
    adapters: { lora: { type: 'lora', rank: 8, alpha: 16, targets: ['query', 'value'] } },
  },
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
  method: string;
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

/** As kept in bench/large.json. */
export interface LargeRow extends Measurement {
  machine: string;
  load: number;
  date: string;
}
