/** A process of either side, spoken to in turn. */
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import type { Command, Open, Planned, Step } from './protocol';
import type { Item } from './rows';

export interface Side {
  trainable: number;
  /** Of packages; PyTorch's side tells them. */
  versions?: Record<string, string>;
  step(items: readonly Item[]): Promise<Step>;
  /** GFLOP/s of a large matrix product. */
  ceiling(): Promise<number>;
  plan(items: readonly Item[]): Promise<Planned>;
  /** The most bytes that the process has had resident. */
  peak(): Promise<number>;
  close(): Promise<void>;
}

export async function openSide([program, ...args]: readonly string[], settings: Omit<Open, 'do'>): Promise<Side> {
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(command: Command): Promise<T> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended while it was asked to ${command.do}`);
    return JSON.parse(value) as T;
  };
  const opened = await ask<Pick<Side, 'trainable' | 'versions'>>({ do: 'open', ...settings });
  return {
    ...opened,
    step: (items) => ask<Step>({ do: 'step', items }),
    ceiling: async () => (await ask<{ gflops: number }>({ do: 'ceiling' })).gflops,
    plan: (items) => ask<Planned>({ do: 'plan', items }),
    peak: async () => (await ask<{ bytes: number }>({ do: 'peak' })).bytes,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
