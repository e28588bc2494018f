/** `medpeft doctor`: what is here to compute with, what is missing, and how to get it. */
import os from 'node:os';
import { engines, version } from '../../package.json';
import { everyDevice, openBackend } from '../backends';
import { cudaParts } from '../backends/onnxruntime/cuda';
import { chooseBackend } from '../backends/select';
import { selfTest } from '../backends/self_test';
import { MedpeftError } from '../errors';
import { bytes } from '../text';
import type { Command } from './command';

interface Finding {
  name: string;
  ok: boolean;
  /** It is no fault where this is missing. */
  optional?: boolean;
  /** What was found, or what is wrong. */
  text: string;
  /** How to get what is missing. */
  hint?: string;
}

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

/** Each device that could compute here; one that is missing is no fault of this machine unless it is the processor. */
async function device({ backend, device }: { backend: string; device: string }): Promise<Finding> {
  const name = device === 'cpu' && backend === 'onnxruntime' ? backend : `${backend} ${device}`;
  try {
    const opened = await openBackend({ backend, device });
    const seconds = await selfTest(opened);
    const text = `${opened.version}, device ${opened.device}, ${opened.threads} threads, self-test ${(1000 * seconds).toPrecision(2)} ms`;
    return { name, ok: true, text };
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    const { message: text, hint } = error;
    return { name, ok: false, optional: name !== backend, text, ...(hint ? { hint } : {}) };
  }
}

/** What CUDA would need. */
function cuda(): Finding {
  const parts = cudaParts();
  const missing = parts.filter(({ found }) => found === undefined);
  const text = parts.map(({ name, found }) => `${name} ${found ?? 'missing'}`).join('; ');
  const hint = missing.map((part) => `${part.name}: ${part.hint}`).join('. ');
  return { name: 'cuda', ok: missing.length === 0, optional: true, text, ...(hint && { hint }) };
}

async function choice(): Promise<Finding> {
  const { backend, device, reason } = await chooseBackend({ backend: 'auto', device: 'auto' });
  return { name: 'chosen', ok: true, text: `${backend} on ${device} where a spec names none: ${reason}` };
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
    const findings = [node(), machine(), await images()];
    // one after the other: what is measured has the machine to itself
    for (const one of everyDevice()) findings.push(await device(one));
    if (process.platform === 'linux' && process.arch === 'x64') findings.push(cuda());
    if (findings.every((finding) => finding.ok || finding.optional)) findings.push(await choice());
    const ok = findings.every((finding) => finding.ok || finding.optional);
    if (args.options.has('json')) output.result(`${JSON.stringify({ medpeft: version, ok, findings })}\n`);
    else
      for (const { name, ok: fine, optional, text, hint } of [
        { name: 'medpeft', ok: true, text: version } as Finding,
        ...findings,
      ])
        output.result(
          `${fine ? 'ok     ' : optional ? 'absent ' : 'MISSING'}  ${name.padEnd(12)} ${text}${hint ? `\n         ${hint}` : ''}\n`,
        );
    return ok ? 0 : 1;
  },
};
