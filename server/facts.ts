/** What is known of the checkpoints and data sets that specs name: read in a thread, kept here, asked for again when files may have changed. */
import { type Family, findFamily } from '../runner/models';
import type { Dataset } from '../schemas/generated/spec';
import type { CheckpointFacts, JobKind, Jobs } from './reading/jobs';
import type { Reader } from './reading/reader';

export type KnownCheckpoint = CheckpointFacts & { family: Family };
/** Why nothing is known; `reading` where it will be. */
export interface Unknown {
  problem: string;
  reading?: true;
}

export interface Facts {
  checkpoint(folder: string, family: string): Promise<KnownCheckpoint | Unknown>;
  /** @param settings with absolute paths */
  dataset(settings: Dataset): Promise<Jobs['dataset']['answer'] | Unknown>;
  /** Files have changed: what is known of them may be stale. */
  changed(): void;
}

interface Entry<A> {
  answer?: A;
  /** When it was last compared with the disk, in milliseconds of `performance.now`. */
  asked: number;
  running?: Promise<A | undefined>;
}

/** Milliseconds that a request waits for facts that nobody has; and for the news of facts that may have changed. */
const patience = { unknown: 3000, known: 5 };
/** Milliseconds for which facts are not compared with the disk again, unless an editor tells of a change. */
const fresh = 2000;

export function createFacts(reader: Reader): Facts {
  const known = new Map<string, Entry<unknown>>();

  async function factsOf<K extends JobKind>(kind: K, ask: Jobs[K]['ask']): Promise<Jobs[K]['answer'] | Unknown> {
    type Answer = Jobs[K]['answer'];
    const key = JSON.stringify([kind, ask]);
    const entry = (known.get(key) ?? { asked: Number.NEGATIVE_INFINITY }) as Entry<Answer>;
    known.set(key, entry);
    if (entry.answer !== undefined && performance.now() - entry.asked < fresh) return entry.answer;
    const stale = entry.asked === Number.NEGATIVE_INFINITY;
    entry.running ??= reader.ask(kind, ask).finally(() => {
      entry.running = undefined;
    });
    const waits = entry.running.then((answer) => {
      entry.answer = answer ?? entry.answer;
      entry.asked = performance.now();
      return entry.answer;
    });
    const answer = await within(stale ? patience.unknown : patience.known, waits);
    return answer ?? entry.answer ?? { problem: 'still being read', reading: true };
  }

  return {
    async checkpoint(folder, familyId) {
      const family = findFamily(familyId);
      const answer = await factsOf('checkpoint', { folder, family: familyId });
      if ('problem' in answer) return answer;
      return family ? { ...answer, family } : { problem: `there is no model family "${familyId}" in this version` };
    },
    dataset: (settings) => factsOf('dataset', settings),
    changed() {
      for (const entry of known.values()) entry.asked = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Undefined if it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
