/** Stopping within a step, where steps take long: between two blocks of the network. */

/** Ends a pass through the network. Nothing of the step is kept; the next attempt takes it again, with the same bytes. */
export class Interrupted extends Error {}

/** Steps shorter than that are ended by their end, and nothing is told of them. */
const patience = { askMs: 250, tellMs: 5_000 };

/**
 * What a model calls between its blocks.
 * @param stop whether the run is to stop
 * @param tell is told how far a long pass is, and when it is over
 */
export function pulse(
  stop: () => boolean,
  tell: (doing: string | undefined) => void,
  now: () => number = () => performance.now(),
): (block: number, of: number) => void {
  let [asked, began] = [now(), now()];
  let told = false;
  return (block, of) => {
    const time = now();
    if (block === 0) {
      began = time;
      if (told) tell(undefined);
      told = false;
    }
    if (time - asked < patience.askMs) return;
    asked = time;
    if (stop()) throw new Interrupted();
    if (time - began < patience.tellMs) return;
    told = true;
    tell(`block ${block + 1} of ${of}`);
  };
}

/** @returns undefined if the work was interrupted */
export async function unlessInterrupted<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}
