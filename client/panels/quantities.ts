/** Whatever a run logs as a number, by name: `training loss`, `training learning_rate`, `validation exact_match`, `rad/test exact_match`. */
import type { RunEvent } from '../../runner/runs';

export interface Measured {
  quantity: string;
  value: number;
}

/** Numbers of a step event that are positions and times, not quantities. */
const positions = new Set(['seq', 'step', 'epoch', 'seconds', 'seconds_left']);

/** The quantities of an event in the order in which it has them. A field that holds numbers by name gives one quantity a name. */
export function measuredIn(event: RunEvent): Measured[] {
  if (event.type === 'step')
    return Object.entries(event).flatMap(([field, value]) =>
      positions.has(field) ? [] : named(`training ${field}`, value),
    );
  if (event.type !== 'evaluation') return [];
  const { role, split, loss, metrics } = event;
  const of = role !== 'validation' ? split : split === 'validation' ? split : `validation ${split}`;
  const scores = Object.entries(metrics).flatMap(([metric, { value }]) => named(`${of} ${metric}`, value));
  return [...scores, ...named(`${of} loss`, loss)];
}

function named(quantity: string, value: unknown): Measured[] {
  if (typeof value === 'number') return [{ quantity, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([part, inner]) => named(`${quantity} ${part}`, inner));
}

/** Training first, validation next, then what was only tested; each in the order in which it was met. */
export function inOrder(quantities: Iterable<string>): string[] {
  const rank = (name: string) => (name.startsWith('training ') ? 0 : name.startsWith('validation ') ? 1 : 2);
  return [...quantities].sort((a, b) => rank(a) - rank(b));
}

/** What the two charts show: the user's choice where runs have it, else the loss in training and the first score on validation. */
export function chosenQuantities(wanted: readonly (string | undefined)[], known: readonly string[]): [string, string] {
  const [first, second] = wanted;
  const score = known.find((name) => name.startsWith('validation ')) ?? 'validation';
  const choose = (name: string | undefined, otherwise: string) => (name && known.includes(name) ? name : otherwise);
  return [choose(first, 'training loss'), choose(second, score)];
}
