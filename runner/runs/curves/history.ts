/** What the events of a run come to: curves of all that it measured, and what happened to it, in bounded memory however many there were. */
import type { RunEvent } from '../events';
import type { Place } from './buckets';
import { Curve, type KeptCurve } from './curve';
import { measuredIn } from './quantities';

export interface Said {
  code: string;
  message: string;
  hint?: string;
}

/** Something that happened to a run at a place of its curves. */
export interface Happening {
  kind: 'resumed' | 'warning' | 'failed';
  at: Place;
  text: string;
}

/** All but the curves. */
export interface Facts {
  /** Number and time of the last event. */
  last?: { seq: number; time: string };
  at: Place;
  stepsPerEpoch?: number;
  happenings: Happening[];
  failure?: Said;
  warning?: Said;
}

/** Characters of a message that are kept: it is said again with every change. */
const maximumText = 2_000;

export class History {
  /** Names of all that was measured so far, kept or not. */
  readonly quantities = new Set<string>();
  readonly curves = new Map<string, Curve>();
  facts: Facts = { at: { step: 0, epoch: 0, seconds: 0 }, happenings: [] };

  /** @param wanted of the quantities that every step logs only these are kept; all if absent. Scores are few and always kept. */
  constructor(private readonly wanted?: ReadonlySet<string | undefined>) {}

  /** The next event that counts. */
  take(event: RunEvent): void {
    const { facts } = this;
    facts.last = { seq: event.seq, time: event.time };
    if (event.type === 'run_started') facts.stepsPerEpoch = event.steps_per_epoch;
    if (event.type === 'step') facts.at = this.placeOf(event.step, event.epoch, event.seconds);
    const at =
      'step' in event && event.step !== undefined && event.step !== facts.at.step ? this.placeOf(event.step) : facts.at;
    for (const { quantity, value } of measuredIn(event)) {
      this.quantities.add(quantity);
      if (event.type === 'step' && this.wanted && !this.wanted.has(quantity)) continue;
      const curve = this.curves.get(quantity) ?? new Curve();
      this.curves.set(quantity, curve.add(at, value));
    }
    if (event.type === 'run_resumed')
      facts.happenings.push({ kind: 'resumed', at: this.placeOf(event.from_step), text: 'resumed' });
    if (event.type !== 'warning' && event.type !== 'run_failed') return;
    const { code, hint } = event;
    const message = event.message.slice(0, maximumText);
    const kind = event.type === 'warning' ? 'warning' : 'failed';
    if (kind === 'warning') facts.warning = { code, message, hint };
    else facts.failure = { code, message, hint };
    facts.happenings.push({ kind, at, text: `${code} ${message}` });
  }

  /** What was kept before takes the place of what is here. */
  restore(facts: Facts, quantities: readonly string[], curves: ReadonlyMap<string, KeptCurve>): void {
    this.facts = facts;
    for (const quantity of quantities) this.quantities.add(quantity);
    for (const [quantity, kept] of curves) this.curves.set(quantity, Curve.of(kept));
  }

  /** What an event does not say of its place follows from its step, or is as it was at the last one. */
  private placeOf(step: number, epoch?: number, seconds?: number): Place {
    const { stepsPerEpoch, at } = this.facts;
    return { step, epoch: epoch ?? (stepsPerEpoch ? step / stepsPerEpoch : at.epoch), seconds: seconds ?? at.seconds };
  }
}
