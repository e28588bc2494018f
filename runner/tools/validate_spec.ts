import { checkSpec, loadSpec } from '../spec';
import { pathOf } from './inputs';
import type { Tool } from './tool';

/** What `medpeft validate` says, with places and hints. */
export const validateSpec: Tool = {
  name: 'validate_medpeft_spec',
  title: 'Validate a MedPEFT spec',
  description:
    'Checks a MedPEFT experiment spec (*.medpeft.json) on disk: structure, names, and the models and data that it names. Returns every error and warning with code, line, message and what to do.',
  input: {
    type: 'object',
    properties: { file: { type: 'string', description: 'Path of the spec, *.medpeft.json.' } },
    required: ['file'],
  },
  async run(input, root) {
    const loaded = loadSpec(pathOf(input, 'file', root));
    const diagnostics = await checkSpec(loaded);
    if (diagnostics.length === 0) return `${loaded.file} is valid.`;
    const lines = diagnostics.map(({ severity, code, message, hint, range }) => {
      const { line, character } = range.start;
      return `- line ${line + 1}, column ${character + 1}: ${severity} ${code}: ${message}${hint ? ` (${hint})` : ''}`;
    });
    const valid = diagnostics.every(({ severity }) => severity !== 'error');
    return [`${loaded.file} is ${valid ? 'valid, with remarks' : 'not valid'}:`, ...lines].join('\n');
  },
};
