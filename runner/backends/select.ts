/** Which backend and device compute where a spec leaves that open: the best that is here and passes its self-test. The choice says why. */
import { existsSync, readdirSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { automaticDevices, backendOfDevice, checkBackend, openBackend } from './index';
import { selfTest } from './self_test';
import type { Backend } from './types';

export interface Asked {
  /** A name or `auto`. */
  backend: string;
  device: string;
}

export interface Choice {
  backend: string;
  device: string;
  /** In words for people. */
  reason: string;
}

/** What the choice depends on; tests put other things in their place. */
export interface Surroundings {
  open(settings: Asked): Promise<Backend>;
  /** Seconds of a self-test. @throws MP3101 */
  test(backend: Backend): Promise<number>;
  /** Whether there is a GPU, as far as can be told without loading anything. */
  hasGpu(): boolean;
}

const here: Surroundings = { open: openBackend, test: selfTest, hasGpu };

/**
 * What is named is taken, whatever it is worth. Else devices are tried from the best to the plainest: a GPU must pass its self-test and be quicker in it than the processor, which a Vulkan
 * that runs on the processor is not.
 * @throws MP3101 if what is named does not exist, or nothing works
 */
export async function chooseBackend({ backend, device }: Asked, surroundings: Surroundings = here): Promise<Choice> {
  checkBackend({ backend, device });
  if (device !== 'auto') {
    if (backend !== 'auto') return { backend, device, reason: 'both were named' };
    return { backend: backendOfDevice(device)!, device, reason: `device ${device} was named` };
  }
  const { open, test, hasGpu: isThere } = surroundings;
  const candidates = automaticDevices(backend);
  const plainest = candidates.at(-1)!;
  const notes: string[] = [];
  if (candidates.length > 1 && !isThere()) notes.push('there is no GPU');
  else if (candidates.length > 1) {
    const ownSeconds = await test(await open(plainest));
    for (const candidate of candidates.slice(0, -1))
      try {
        const seconds = await test(await open(candidate));
        const figures = `${milliseconds(seconds)} in its self-test, ${plainest.device} ${milliseconds(ownSeconds)}`;
        if (seconds < ownSeconds)
          return { ...candidate, reason: [...notes, `${candidate.device} took ${figures}`].join('; ') };
        notes.push(`${candidate.device} is slower: ${figures}`);
      } catch (error) {
        if (!(error instanceof MedpeftError)) throw error;
        notes.push(`${candidate.device}: ${error.message}`);
      }
  }
  return { ...plainest, reason: notes.join('; ') || `${backend} has no other device that is chosen by itself` };
}

const milliseconds = (seconds: number) => `${Number((1000 * seconds).toPrecision(2))} ms`;

/** On Linux by the files that drivers make; elsewhere every machine with a screen has one. */
export function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0') || existsSync('/dev/dxg')) return true;
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
}
