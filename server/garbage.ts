/**
 * Garbage is collected in the pause behind a key. Reading a long spec fills the space that V8 keeps for what is new, and V8 empties it when it is
 * full: in the middle of an answer that somebody waits for. What is emptied at each key is small, and dies young.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lazy } from '../runner/once';

type Collect = (options: { type: 'minor' }) => void;

const collect = lazy((): Collect | undefined => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('globalThis.gc') as Collect | undefined;
});

/** Takes some milliseconds: to be called where nobody waits for them. Does nothing where V8 offers no collection. */
export function collectYoung(): void {
  collect()?.({ type: 'minor' });
}
