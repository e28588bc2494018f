/** `medpeft parity DIR`: this engine against golden values of other implementations. */
import path from 'node:path';
import { openBackend } from '../backends';
import { type ParityCase, renderCase, renderCounts, runParity } from '../parity';
import { type Command, optionOf, wholeNumber } from './command';

export const parity: Command = {
  name: 'parity',
  summary: 'compare forward, loss, gradients, generation and training with golden values of PyTorch',
  arguments: [{ name: 'DIR' }],
  options: [
    { name: 'backend', value: 'NAME', summary: 'what computes (default: onnxruntime)' },
    { name: 'device', value: 'NAME', summary: 'where it computes (default: cpu)' },
    { name: 'threads', value: 'N', summary: 'threads of one operation (default: all processors)' },
  ],
  async run(args, output) {
    const backend = await openBackend({
      backend: optionOf(args, 'backend') ?? 'onnxruntime',
      device: optionOf(args, 'device') ?? 'cpu',
      threads: wholeNumber(args, 'threads', 1),
    });
    const json = args.options.has('json');
    const show = (done: ParityCase) => (json ? output.log : output.result)(`${renderCase(done)}\n`);
    const cases = await runParity(path.resolve(args.positional[0]!), backend, show);
    output.result(json ? `${JSON.stringify({ cases })}\n` : `${renderCounts(cases)}\n`);
    return cases.some(({ status }) => status === 'failed') ? 1 : 0;
  },
};
