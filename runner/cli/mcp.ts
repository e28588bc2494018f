/** `medpeft mcp`: a server of the Model Context Protocol over standard input and output, by which assistants read specs and runs. */
import { createInterface } from 'node:readline';
import { version } from '../../package.json';
import { MedpeftError } from '../errors';
import { answer } from '../mcp/protocol';
import { tools } from '../tools';
import type { Command } from './command';

export const mcp: Command = {
  name: 'mcp',
  summary: 'let assistants read specs and runs, over the Model Context Protocol (stdio)',
  arguments: [],
  options: [],
  async run(args, output) {
    if (args.options.has('json'))
      throw new MedpeftError('MP4009', 'the server speaks its own protocol: there is no --json', 'leave it out');
    const server = { version, tools, root: process.cwd() };
    // One message a line. Answers may come in another order than requests: each has its id. It ends with its input.
    const going = new Set<Promise<void>>();
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() === '') continue;
      const one = answer(server, line)
        .then((text) => {
          if (text !== undefined) output.result(`${text}\n`);
        })
        .finally(() => going.delete(one));
      going.add(one);
    }
    await Promise.all(going);
    return 0;
  },
};
