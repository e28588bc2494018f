/** `medpeft quantize SPEC --model M --bits N --to DIR`: a smaller copy of a model to tune beside, and what that changes in its loss and logits. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import { inspectCheckpoint } from '../models';
import { quantizeCheckpoint } from '../models/quantize';
import { planRuns } from '../plan';
import { loadSpec } from '../spec';
import { bytes } from '../text';
import { type Change, measureChange } from '../training/quantization';
import { type Command, optionOf, wholeNumber } from './command';
import { diagnosticText } from './diagnostics';

export const quantize: Command = {
  name: 'quantize',
  summary: "write a copy of a spec's model with linear layers in 8 or 4 bits, and measure what that changes",
  arguments: [{ name: 'SPEC' }],
  options: [
    { name: 'model', value: 'MODEL', summary: 'which one of the spec (needed)' },
    { name: 'to', value: 'DIR', summary: 'folder of the copy (needed)' },
    { name: 'bits', value: 'N', summary: '8 (default) or 4' },
  ],
  async run(args, output) {
    const [model, to] = [optionOf(args, 'model'), optionOf(args, 'to')];
    if (model === undefined || to === undefined)
      throw new MedpeftError('MP4009', `--${model === undefined ? 'model' : 'to'} is missing`);
    const bits = wholeNumber(args, 'bits', 1) ?? 8;
    if (bits !== 8 && bits !== 4) throw new MedpeftError('MP4009', `--bits ${bits}: 8 or 4 is needed`);
    const loaded = loadSpec(args.positional[0]!);
    const { runs, diagnostics } = await planRuns(loaded, { model });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    for (const diagnostic of errors) output.log(`${diagnosticText(loaded.file, diagnostic)}\n`);
    const [run] = runs;
    if (!run || errors.length > 0)
      throw new MedpeftError('MP1107', 'nothing was written: no run of that model can be planned', 'repair the spec');
    const folder = path.resolve(to);
    const { family, path: from } = run.model;
    const sizes = quantizeCheckpoint(inspectCheckpoint(from, family), folder, bits);
    const change = await measureChange(run, folder);
    if (args.options.has('json')) output.result(`${JSON.stringify({ folder, bits, bytes: sizes, ...change })}\n`);
    else output.result(changeText(folder, sizes, change));
    return 0;
  },
};

function changeText(
  folder: string,
  { before, after }: { before: number; after: number },
  { items, loss, logits }: Change,
): string {
  const short = (value: number) => value.toPrecision(4);
  return [
    `${folder}: ${bytes(before)} of weights became ${bytes(after)}`,
    `on ${items} test items, untuned: loss ${short(loss.before)} became ${short(loss.after)}`,
    `logits differ by ${short(logits.meanDifference)} on the average and ${short(logits.largestDifference)} at most (the largest is ${short(logits.largest)}); the likeliest next token is the same after ${(100 * logits.sameTop).toFixed(1)} % of the tokens`,
    'to use it, name this folder as the path of the model: that makes other runs\n',
  ].join('\n');
}
