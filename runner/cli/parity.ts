/** `medpeft parity DIR`: this engine against golden values of other implementations. */
import path from 'node:path';
import { openBackend } from '../backends';
import { MedpeftError } from '../errors';
import type { FrozenPrecision } from '../models/precision';
import { type ParityCase, renderCase, renderCounts, runParity, type Shard } from '../parity';
import { type Command, optionOf, wholeNumber } from './command';

export const parity: Command = {
  name: 'parity',
  summary: 'compare forward, loss, gradients, generation and training with golden values of PyTorch',
  arguments: [{ name: 'DIR' }],
  options: [
    { name: 'backend', value: 'NAME', summary: 'what computes (default: onnxruntime)' },
    { name: 'device', value: 'NAME', summary: 'where it computes (default: cpu)' },
    { name: 'threads', value: 'N', summary: 'threads of one operation (default: all processors)' },
    {
      name: 'frozen-precision',
      value: 'NAME',
      summary: 'float16: frozen matrices are rounded to it, for the cases that they have a part in',
    },
    { name: 'shard', value: 'I/N', summary: 'the Ith of N shares of the cases, for N processes at once' },
  ],
  async run(args, output) {
    const shard = shardOf(optionOf(args, 'shard'));
    const backend = await openBackend({
      backend: optionOf(args, 'backend') ?? 'onnxruntime',
      device: optionOf(args, 'device') ?? 'cpu',
      threads: wholeNumber(args, 'threads', 1),
    });
    const json = args.options.has('json');
    const show = (done: ParityCase) => (json ? output.log : output.result)(`${renderCase(done)}\n`);
    const cases = await runParity(
      path.resolve(args.positional[0]!),
      { backend, precision: precisionOf(optionOf(args, 'frozen-precision')) },
      {
        onCase: show,
        ...(shard && { shard }),
      },
    );
    output.result(json ? `${JSON.stringify({ cases })}\n` : `${renderCounts(cases)}\n`);
    return cases.some(({ status }) => status === 'failed') ? 1 : 0;
  },
};

/** MP4009 unless it is a precision. */
function precisionOf(text = 'float32'): FrozenPrecision {
  if (text === 'float32' || text === 'float16') return text;
  throw new MedpeftError('MP4009', `--frozen-precision ${text}: float32 or float16 is needed`);
}

/** MP4009 unless it is `I/N` with 1 <= I <= N. */
function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [index = 0, of = 0] = /^(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  if (index >= 1 && index <= of) return { index, of };
  throw new MedpeftError('MP4009', `--shard ${text}: a share such as 1/2 is needed`);
}
