/** `medpeft doctor`: what is here to compute with, what is missing, and how to get it. */
import os from 'node:os';
import { engines, version } from '../../package.json';
import { backendNames, openBackend } from '../backends';
import { MedpeftError } from '../errors';
import type { Program } from '../programs/types';
import { bytes } from '../text';
import type { Command } from './command';

interface Finding {
  name: string;
  ok: boolean;
  /** What was found, or what is wrong. */
  text: string;
  /** How to get what is missing. */
  hint?: string;
}

/** y = x + x: an engine that computes this is there and works. */
const trial: Program = {
  name: 'doctor',
  inputs: [{ name: 'x', type: 'float32', shape: [2] }],
  outputs: [{ name: 'y', type: 'float32', shape: [2] }],
  constants: [],
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  values: [{ name: 'y', type: 'float32', shape: [2] }],
};

function node(): Finding {
  const least = /\d+\.\d+/.exec(engines.node)![0];
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = least.split('.').map(Number);
  const ok = major > needMajor || (major === needMajor && minor >= needMinor);
  const hint = ok ? {} : { hint: `install Node ${least} or later from https://nodejs.org` };
  return { name: 'node', ok, text: `${process.versions.node} at ${process.execPath}`, ...hint };
}

function machine(): Finding {
  const text = `${os.platform()} ${os.arch()}, ${os.availableParallelism()} processors, ${bytes(os.totalmem())} memory, ${bytes(os.freemem())} free`;
  return { name: 'machine', ok: true, text };
}

async function backend(name: string): Promise<Finding> {
  try {
    const opened = await openBackend({ backend: name, device: 'cpu' });
    const executable = await opened.compile(trial);
    const { y } = await executable.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    await executable.release();
    const ok = y?.data[0] === 2 && y.data[1] === 4;
    const text = `${opened.version}, device ${opened.device}, ${opened.threads} threads`;
    return { name, ok, text: ok ? text : `${text}: computes wrong numbers` };
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    return { name, ok: false, text: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
}

async function images(): Promise<Finding> {
  try {
    const { default: sharp } = await import('sharp');
    return { name: 'sharp', ok: true, text: `${sharp.versions.sharp} (libvips ${sharp.versions.vips})` };
  } catch (error) {
    const text = `images cannot be read: ${(error as Error).message.split('\n')[0]}`;
    return { name: 'sharp', ok: false, text, hint: 'npm install sharp in the folder of MedPEFT' };
  }
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'say what is here to compute with, what is missing and how to get it',
  arguments: [],
  options: [],
  async run(args, output) {
    const findings = [node(), machine(), await images(), ...(await Promise.all(backendNames.map(backend)))];
    const ok = findings.every((finding) => finding.ok);
    if (args.options.has('json')) output.result(`${JSON.stringify({ medpeft: version, ok, findings })}\n`);
    else
      for (const { name, ok: fine, text, hint } of [
        { name: 'medpeft', ok: true, text: version } as Finding,
        ...findings,
      ])
        output.result(
          `${fine ? 'ok     ' : 'MISSING'}  ${name.padEnd(12)} ${text}${hint ? `\n         ${hint}` : ''}\n`,
        );
    return ok ? 0 : 1;
  },
};
