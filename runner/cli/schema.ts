/** `medpeft schema`: the JSON Schema of the spec, for editors that complete by schema alone and for other tools. */
import specSchema from '../../schemas/spec.schema.json';
import type { Command } from './command';

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of specs, for other editors and tools',
  arguments: [],
  options: [],
  async run(_args, output) {
    output.result(`${JSON.stringify(specSchema, null, 2)}\n`);
    return 0;
  },
};
