/** Devices against each other: what counts of their times, and what is said of one that cannot take part. Clocks are made up. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Backend } from '../../../runner/backends';
import { contest } from '../../../runner/backends/contest';
import { contestInProcess } from '../../../runner/backends/contest_process';
import { MedpeftError } from '../../../runner/errors';
import { temporaryFolder } from '../runs/fixture';

const settings = (backend: string) => ({ backend, device: 'cpu', threads: 1 });

/** Nothing is computed: each pass takes as long as the next figure of its backend says. */
async function held(seconds: Record<string, number[]>) {
  let now = 0;
  const order: string[] = [];
  const backend = (name: string): Backend => ({
    name,
    device: 'cpu',
    version: '1',
    threads: 1,
    compile: async ({ outputs }) => ({
      async run() {
        // A pass ends with its gradients.
        if (outputs.some((one) => one.name === 'grad.gain')) {
          order.push(name);
          now += seconds[name]!.shift()!;
        }
        return Object.fromEntries(outputs.map((one) => [one.name, { data: new Float32Array(0), shape: [0] }]));
      },
      release: () => Promise.resolve(),
    }),
  });
  const outcomes = await contest(Object.keys(seconds).map(settings), {
    clock: () => now,
    async open({ backend: name }) {
      if (seconds[name]!.length === 0) throw new MedpeftError('MP3101', `${name} is not here`, 'install it');
      return backend(name);
    },
    test: async () => undefined,
  });
  return { outcomes, order };
}

it('takes turns until a second is spent, and counts the quickest pass after the first', async () => {
  const { outcomes, order } = await held({ a: [0.01, 0.3, 0.2, 0.3], b: [9, 0.2, 0.4, 0.1] });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(outcomes.map((one) => 'seconds' in one && Number(one.seconds.toFixed(6)))).toEqual([0.2, 0.2]);
});

it('times at least one pass of a slow device', async () => {
  const { outcomes, order } = await held({ a: [7, 8], b: [1, 2] });
  expect(order).toEqual(['a', 'b', 'a', 'b']);
  expect(outcomes).toEqual([{ seconds: 8 }, { seconds: 2 }]);
});

it('says why a device takes no part, and lets the others', async () => {
  const { outcomes } = await held({ absent: [], b: [1, 2] });
  expect(outcomes).toEqual([{ refused: { message: 'absent is not here', hint: 'install it' } }, { seconds: 2 }]);
});

it('is held on real devices, as the programs that are trained', async () => {
  const [outcome] = await contest([settings('onnxruntime')]);
  expect(outcome).toEqual({ seconds: expect.any(Number) });
});

it.each([
  [
    'a driver that crashes',
    "process.kill(process.pid, 'SIGSEGV')",
    /onnxruntime webgpu, onnxruntime cpu ended with SIGSEGV$/,
  ],
  ['one that ends the process', "console.error('a\\nno memory'); process.exit(3)", /ended with code 3: no memory$/],
])('%s is told, with what to do', async (_, text, message) => {
  const file = path.join(temporaryFolder(), 'contest.js');
  writeFileSync(file, text);
  const contestants = [{ backend: 'onnxruntime', device: 'webgpu' }, settings('onnxruntime')];
  await expect(contestInProcess(contestants, file)).rejects.toMatchObject({
    code: 'MP3101',
    message: expect.stringMatching(message),
    hint: expect.stringContaining('--device cpu'),
  });
});
