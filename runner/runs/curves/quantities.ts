/** Whatever a run logs as a number, by name: `training loss`, `training learning_rate`, `validation exact_match`, `rad/test exact_match`. */
import type { RunEvent } from '../events';

export interface Measured {
  quantity: string;
  value: number;
}

/** Numbers of a step event that are positions and times, not quantities. */
const positions = new Set(['seq', 'step', 'epoch', 'seconds', 'seconds_left']);

/** Names are made once: there are few of them, and millions of steps. */
const stepNames = new Map<string, string>();
function stepName(field: string): string {
  const known = stepNames.get(field);
  if (known !== undefined) return known;
  const name = `training ${field}`;
  stepNames.set(field, name);
  return name;
}

/** The quantities of an event in the order in which it has them. A field that holds numbers by name gives one quantity a name. */
export function measuredIn(event: RunEvent): Measured[] {
  const found: Measured[] = [];
  if (event.type === 'step') {
    for (const [field, value] of Object.entries(event)) {
      if (positions.has(field)) continue;
      if (typeof value === 'number') found.push({ quantity: stepName(field), value });
      else if (typeof value === 'object') named(stepName(field), value, found);
    }
    return found;
  }
  if (event.type !== 'evaluation') return found;
  const { role, split, loss, metrics } = event;
  const of = role !== 'validation' ? split : split === 'validation' ? split : `validation ${split}`;
  for (const [metric, { value }] of Object.entries(metrics)) named(`${of} ${metric}`, value, found);
  named(`${of} loss`, loss, found);
  return found;
}

function named(quantity: string, value: unknown, found: Measured[]): void {
  if (typeof value === 'number') found.push({ quantity, value });
  else if (typeof value === 'object' && value !== null)
    for (const [part, inner] of Object.entries(value)) named(`${quantity} ${part}`, inner, found);
}
