/** What is known of the checkpoints and data sets that specs name: read in a thread, kept here, asked for again when files may have changed. */
import type { DatasetFacts } from '../runner/data/facts';
import { type Family, findFamily } from '../runner/models';
import type { Dataset } from '../schemas/generated/spec';
import type { CheckpointFacts, Stamped } from './reading/jobs';
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
  dataset(settings: Dataset): Promise<DatasetFacts | Unknown>;
  /** Files have changed: what is known of them may be stale. */
  changed(): void;
}

interface Entry<T> {
  held?: { stamp: string; facts: T | Unknown };
  /** When it was last compared with the disk, in milliseconds of `performance.now`. */
  asked: number;
  running?: Promise<Stamped<T> | undefined>;
}

/** Milliseconds that a request waits for facts that nobody has; and for the news of facts that may have changed. */
const patience = { unknown: 3000, known: 5 };
/** Milliseconds for which facts are not compared with the disk again, unless an editor tells of a change. */
const fresh = 2000;

export function createFacts(reader: Reader): Facts {
  const known = new Map<string, Entry<unknown>>();

  /** @param ask for what is at the places that the key names, unless it is still what is held */
  async function factsOf<T>(
    key: string,
    ask: (holds: string | undefined) => Promise<Stamped<T> | undefined>,
  ): Promise<T | Unknown> {
    const entry = (known.get(key) ?? { asked: Number.NEGATIVE_INFINITY }) as Entry<T>;
    known.set(key, entry);
    if (entry.held && performance.now() - entry.asked < fresh) return entry.held.facts;
    const stale = entry.asked === Number.NEGATIVE_INFINITY;
    entry.running ??= ask(entry.held?.stamp).finally(() => {
      entry.running = undefined;
    });
    const waits = entry.running.then((answer) => {
      if (answer?.facts) entry.held = { stamp: answer.stamp, facts: answer.facts };
      entry.asked = performance.now();
    });
    await within(stale ? patience.unknown : patience.known, waits);
    return entry.held?.facts ?? { problem: 'still being read', reading: true };
  }

  return {
    async checkpoint(folder, familyId) {
      const family = findFamily(familyId);
      const of = { folder, family: familyId };
      const facts = await factsOf(JSON.stringify(['checkpoint', of]), (holds) =>
        reader.ask('checkpoint', { of, holds }),
      );
      if ('problem' in facts) return facts;
      return family ? { ...facts, family } : { problem: `there is no model family "${familyId}" in this version` };
    },
    dataset: (of) => factsOf(JSON.stringify(['dataset', of]), (holds) => reader.ask('dataset', { of, holds })),
    changed() {
      for (const entry of known.values()) entry.asked = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Settled with the work, or when it takes longer. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
