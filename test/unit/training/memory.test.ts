// Out of memory, as the engine, Node and the system say it.
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../runner/backends';
import { MedpeftError } from '../../../runner/errors';
import { linear } from '../../../runner/programs/ops/linear';
import { Tape } from '../../../runner/programs/tape';
import { asMemoryError } from '../../../runner/training/out_of_memory';
import { diagnose } from '../../../runner/training/supervise';
import { hasTfjs } from '../../shared';

const caught = async (act: () => unknown): Promise<unknown> => {
  try {
    await act();
  } catch (error) {
    return asMemoryError(error);
  }
  throw new Error('nothing was thrown');
};

it.each(['onnxruntime', ...(hasTfjs() ? ['tfjs'] : [])])('a failure of %s to allocate is MP4010', async (name) => {
  const backend = await openBackend({ backend: name, device: 'cpu', threads: 1 });
  const tape = new Tape('outer_product');
  tape.output('y', linear(tape, tape.input('x', ['N', 1]), tape.parameter('w', [4_000_000, 1])));
  const program = await backend.compile(tape.inference());
  const w = { data: new Float32Array(4_000_000), shape: [4_000_000, 1] };
  // 4 million squared float32 are 59,600 GiB
  expect(await caught(() => program.run({ x: w, w }))).toMatchObject({
    code: 'MP4010',
    message: expect.stringContaining('not enough memory'),
    hint: expect.stringContaining('gradient_accumulation_steps'),
  });
  await program.release();
});

it.each<[string, () => unknown]>([
  ['ArrayBuffer', () => new ArrayBuffer(2 ** 52)],
  ['Float32Array', () => new Float32Array(2 ** 51)],
])("Node's %s that cannot be had is MP4010", async (_name, make) => {
  expect(await caught(make)).toMatchObject({ code: 'MP4010' });
});

it.each([
  new Error('shapes differ'),
  new MedpeftError('MP4005', 'NaN'),
  new RangeError('Invalid typed array length: -1'),
  'text',
])('%s stays what it is', (error) => expect(asMemoryError(error)).toBe(error));

describe('how a vanished worker ended', () => {
  const end = { code: null, signal: null, lastWords: '', memoryKill: false };
  const held = ', which held 1.2 GB at step 14';
  it.each<[string, Partial<Parameters<typeof diagnose>[0]>, string, RegExp]>([
    [
      'killed by a system without memory',
      { signal: 'SIGKILL', memoryKill: true },
      'MP4010',
      /killed the run's process, which held 1.2 GB at step 14/,
    ],
    ['the same behind a shell', { code: 137, memoryKill: true }, 'MP4010', /ran out of memory/],
    [
      'with a full heap',
      { signal: 'SIGABRT', lastWords: 'FATAL ERROR: … JavaScript heap out of memory' },
      'MP4010',
      /heap .* was full/,
    ],
    [
      'with a full heap, told before a long trace',
      {
        signal: 'SIGABRT',
        lastWords: `FATAL ERROR: … JavaScript heap out of memory\n${' 1: 0x7f node::Abort()\n'.repeat(400)}`,
      },
      'MP4010',
      /heap .* was full/,
    ],
    ['killed by someone', { signal: 'SIGKILL' }, 'MP4008', /without a word/],
    ['crashed', { signal: 'SIGSEGV', lastWords: 'oops' }, 'MP4008', /last words:\noops/],
    ['with an exit code', { code: 3 }, 'MP4008', /vanished/],
  ])('%s', (_how, how, code, message) => {
    expect(diagnose({ ...end, ...how }, held)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
