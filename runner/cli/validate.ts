/** `medpeft validate SPEC`: everything that is wrong with a spec, at once. */
import { checkSpec, loadSpec } from '../spec';
import type { Command } from './command';
import { countText, diagnosticText, hasErrors } from './diagnostics';

export const validate: Command = {
  name: 'validate',
  summary: 'check a spec: structure, names, and what it names on disk',
  arguments: [{ name: 'SPEC' }],
  options: [],
  async run(args, output) {
    const loaded = loadSpec(args.positional[0]!);
    const diagnostics = await checkSpec(loaded);
    const valid = !hasErrors(diagnostics);
    if (args.options.has('json')) output.result(`${JSON.stringify({ file: loaded.file, valid, diagnostics })}\n`);
    else {
      for (const diagnostic of diagnostics) output.result(`${diagnosticText(loaded.file, diagnostic)}\n`);
      output.result(`${loaded.file} is ${valid ? 'valid' : 'not valid'}: ${countText(diagnostics)}\n`);
    }
    return valid ? 0 : 1;
  },
};
