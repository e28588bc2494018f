#!/usr/bin/env node
/** `medpeft`: every command is one line of this table and one file beside it. */
import { version } from '../../package.json';
import { cancel } from './cancel';
import type { Command } from './command';
import { compare } from './compare';
import { doctor } from './doctor';
import { evaluate } from './evaluate';
import { exportAdapter } from './export_adapter';
import { importAdapter } from './import_adapter';
import { inspect } from './inspect';
import { lsp } from './lsp';
import { mcp } from './mcp';
import { parity } from './parity';
import { plan } from './plan';
import { runProgram } from './program';
import { quantize } from './quantize';
import { renderImage } from './render_image';
import { resume } from './resume';
import { run } from './run';
import { schema } from './schema';
import { score } from './score';
import { slurm } from './slurm';
import { status } from './status';
import { validate } from './validate';

const commands: Command[] = [
  validate,
  plan,
  run,
  resume,
  cancel,
  status,
  evaluate,
  exportAdapter,
  importAdapter,
  compare,
  score,
  inspect,
  quantize,
  renderImage,
  doctor,
  parity,
  lsp,
  mcp,
  schema,
  slurm,
];

// A reader that has gone, as `| head` does, ends neither a run nor its exit code: what it does not read is not written.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

runProgram(commands, version, process.argv.slice(2), {
  result: (text) => process.stdout.write(text),
  log: (text) => process.stderr.write(text),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    // not a user's mistake but a bug of ours: the trace is what a report needs
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  },
);
