/** Which backend and device compute where a spec leaves that open: the quickest that is here and passes its self-test. The choice says why. */
import { existsSync, readdirSync } from 'node:fs';
import { MedpeftError } from '../errors';
import type { Outcome } from './contest';
import { contestInProcess } from './contest_process';
import { float16Device, lacksFloat16 } from './float16';
import { automaticDevices, type BackendSettings, backendOfDevice, type Candidate, checkBackend } from './index';
import { isInstalled } from './tfjs/load';

export interface Choice {
  backend: string;
  device: string;
  /** In words for people. */
  reason: string;
  /** Whether nobody named the device. */
  automatic?: true;
}

/** What a run asks for. */
export interface Wanted extends BackendSettings {
  /** Whether frozen weights are float16. */
  float16?: boolean;
}

/** What the choice depends on; tests put other things in their place. */
export interface Surroundings {
  /** Lets devices compute against each other: an outcome for each, in order. */
  contest(contestants: readonly BackendSettings[]): Promise<Outcome[]>;
  /** Whether there is what a device needs, as far as can be told without loading anything. */
  has(needed: 'a GPU' | 'its package'): boolean;
}

const here: Surroundings = {
  contest: (contestants) => contestInProcess(contestants),
  has: (needed) => (needed === 'a GPU' ? hasGpu() : isInstalled('cpu')),
};

/** By how much another device must be quicker than the plainest one: below that noise would decide. */
const margin = 0.9;

/**
 * What is named is taken, whatever it is worth. Else a device must pass its self-test and be quicker than the plainest by a tenth, which a Vulkan that runs on the processor is not.
 * @param kept an earlier choice, which stands if it still passes its self-test
 * @throws MP3101 if what is named does not exist or does not do what is wanted, or nothing works
 */
export async function chooseBackend(
  { backend, device, threads, float16 }: Wanted,
  kept?: Choice,
  surroundings: Surroundings = here,
): Promise<Choice> {
  checkBackend({ backend, device });
  if (float16) {
    const lack = lacksFloat16({ backend, device });
    if (lack) throw lack;
    return { ...float16Device, reason: 'weights in float16 are taken there alone' };
  }
  if (device !== 'auto') {
    if (backend !== 'auto') return { backend, device, reason: 'both were named' };
    return { backend: backendOfDevice(device)!, device, reason: `device ${device} was named` };
  }
  const { contest, has } = surroundings;
  const all = automaticDevices(backend);
  const settings = (one: Candidate): BackendSettings => ({ backend: one.backend, device: one.device, threads });
  const notes: string[] = [];
  if (kept && (backend === 'auto' || kept.backend === backend)) {
    const [outcome] = isSame(kept, all.at(-1)!) ? [] : await contest([settings(kept)]);
    if (!outcome || 'seconds' in outcome) return kept;
    notes.push(`${named(kept)}, chosen before, is not to be had: ${outcome.refused.message}`);
  }
  const candidates = all.filter((one, i) => i === all.length - 1 || !one.needs || has(one.needs));
  for (const one of all) if (!candidates.includes(one)) notes.push(missing[one.needs!]);
  const plainest = candidates.at(-1)!;
  const chosen = ({ backend, device }: Candidate, ...last: string[]): Choice => ({
    backend,
    device,
    reason: [...notes, ...last].join('; '),
    automatic: true,
  });
  if (candidates.length === 1)
    return chosen(plainest, ...(notes.length > 0 ? [] : [`${backend} has no other device that is chosen by itself`]));
  const outcomes = await contest(candidates.map(settings));
  const timed: { candidate: Candidate; seconds: number }[] = [];
  for (const [i, outcome] of outcomes.entries())
    if ('seconds' in outcome) timed.push({ candidate: candidates[i]!, seconds: outcome.seconds });
    else notes.push(`${named(candidates[i]!)}: ${outcome.refused.message}`);
  const own = outcomes.at(-1)!;
  if (timed.length === 0 && 'refused' in own) throw new MedpeftError('MP3101', own.refused.message, own.refused.hint);
  timed.sort((a, b) => a.seconds - b.seconds);
  const [best] = timed;
  const figures = `a small layer took ${timed.map((one) => `${named(one.candidate)} ${milliseconds(one.seconds)}`).join(', ')}`;
  if (best!.candidate === plainest || !('seconds' in own) || best!.seconds < margin * own.seconds)
    return chosen(best!.candidate, figures);
  return chosen(plainest, `${figures}, which is less than a tenth quicker`);
}

const missing = { 'a GPU': 'there is no GPU', 'its package': '@tensorflow/tfjs-node is not installed' };
const named = ({ backend, device }: Candidate) => `${backend} ${device}`;
const isSame = (a: Candidate, b: Candidate) => a.backend === b.backend && a.device === b.device;
const milliseconds = (seconds: number) => `${Number((1000 * seconds).toPrecision(2))} ms`;

/** On Linux by the files that drivers make; elsewhere every machine with a screen has one. */
function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0') || existsSync('/dev/dxg')) return true;
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
}
