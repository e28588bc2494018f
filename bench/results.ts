/** Measured rows in bench/results.json, and the page that is made of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FrozenPrecision } from '../runner/models/precision';
import { backendsPart } from './backends/results';
import { largePart } from './large/results';
import { lspPart } from './lsp/results';
import type { Part, Planned } from './protocol';
import { page } from './table';
import { viewsPart } from './views/results';

export interface SideResult {
  steps: { seconds: number; items: number; loss: number; gflops: number; flops?: number }[];
  /** Bytes. */
  peak: number;
  trainable: number;
  /** Of the last step, by program; the engine alone. */
  parts?: Record<string, Part>;
}

export interface Measured {
  method: string;
  /** Of the engine's frozen matrices; float32 if absent. */
  precision?: FrozenPrecision;
  batch: number;
  engine: SideResult;
  pytorch: SideResult;
  /** What was foretold of a step in the engine's process, between the steps; of epochs nothing. */
  planned?: Planned;
  machine: string;
  versions: Record<string, string>;
  /** Of the machine over the last five minutes, both sides included. */
  load: number;
  date: string;
}

export type Results = Record<string, Measured>;

const file = 'bench/results.json';

/** Puts a row in the place of its former measurement, and writes the page anew. */
export function keepRow(name: string, row: Measured): void {
  const results = readResults();
  results[name] = row;
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  writePage();
}

export function writePage(): void {
  writeFileSync('docs/benchmarks.md', page(readResults()) + backendsPart() + largePart() + lspPart() + viewsPart());
}

const readResults = (): Results => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {});
