/** `medpeft lsp --stdio`: the language server of specs, for any editor. A process of its own, started from the bundle beside this one. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { MedpeftError } from '../errors';
import type { Command } from './command';

export const lsp: Command = {
  name: 'lsp',
  summary: 'start the language server of specs, for any editor',
  arguments: [],
  options: [{ name: 'stdio', summary: 'speak the Language Server Protocol over standard input and output' }],
  run(args) {
    if (args.options.has('json'))
      throw new MedpeftError(
        'MP4009',
        'the language server speaks its own protocol: there is no --json',
        'leave it out',
      );
    if (!args.options.has('stdio'))
      throw new MedpeftError(
        'MP4009',
        'the language server needs to know how to speak',
        'start it as medpeft lsp --stdio',
      );
    const server = path.join(import.meta.dirname, 'server.js');
    const child = spawn(process.execPath, [server, '--stdio'], { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  },
};
