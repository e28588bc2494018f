/** One run as the live panel follows it: reads events on from where it stopped and says what is new, or that all is anew. */
import { codes } from '../../runner/codes';
import { effectiveEvents, type RunEvent, readEvents } from '../../runner/runs';
import type { RunSummary } from '../runs/store';
import { Curve, maximumPoints } from './curves';
import {
  type CurvePoints,
  isSmoothed,
  type LiveChoice,
  type LiveRun,
  type LiveStatus,
  type Mark,
  type Notice,
  type ToLivePage,
} from './protocol';
import { measuredIn } from './quantities';

/** What the events so far come to. */
interface Told {
  curves: Map<string, Curve>;
  /** Marks by the place in the run. */
  marks: (Omit<Mark, 'x'> & { at: Place })[];
  last?: RunEvent;
  failure?: Notice;
  warning?: Notice;
}

interface Place {
  step: number;
  epoch: number;
  seconds: number;
}

const nothing = (): Told => ({ curves: new Map(), marks: [] });
const start: Place = { step: 0, epoch: 0, seconds: 0 };

const voidsEarlier = (event: RunEvent) =>
  event.type === 'run_resumed' || (event.type === 'run_started' && event.seq === 0);

export class RunTrack {
  /** Names of all that was measured so far, shown or not. */
  readonly quantities = new Set<string>();
  private offset = 0;
  /** When the run that was read was made: a deleted run's successor has the same folder and perhaps the same number of bytes. */
  private created: string | undefined;
  private told = nothing();
  private at = start;
  private stepsPerEpoch: number | undefined;
  private anew = true;
  /** How far the page was told, for each chart: values of the curve, and points that it has. */
  private sent: { values: number; points: number }[] = [];

  /** What was asked for so far: of the quantities that every step logs only these are kept. */
  private readonly wanted: Set<string | undefined>;

  constructor(
    private readonly folder: string,
    private choice: LiveChoice,
    private readonly now: () => number = Date.now,
  ) {
    this.wanted = new Set(['training loss', ...choice.quantities]);
  }

  /** Takes another choice, if what was read so far serves it; else the run has to be read anew by another track. */
  choose(choice: LiveChoice): boolean {
    const kept = choice.quantities.every(
      (quantity) => !quantity || !this.quantities.has(quantity) || this.told.curves.has(quantity),
    );
    if (!kept) return false;
    this.choice = choice;
    for (const quantity of choice.quantities) this.wanted.add(quantity);
    return true;
  }

  /** Reads what was written since the last time. */
  read({ manifest }: RunSummary): void {
    const first = this.offset === 0;
    const successor = !first && this.created !== manifest.created;
    this.created = manifest.created;
    let { events, offset } = readEvents(this.folder, this.offset);
    const expected = (this.told.last?.seq ?? -1) + 1;
    const gap = events.length > 0 && events[0]!.seq !== expected;
    const anew = successor || (!first && (offset < this.offset || gap || events.some(voidsEarlier)));
    if (anew) {
      this.told = nothing();
      this.at = start;
      ({ events, offset } = readEvents(this.folder));
    }
    this.offset = offset;
    for (const event of first || anew ? effectiveEvents(events) : events) this.take(event);
    this.anew ||= anew;
  }

  /** The whole run as read, for a page that knows nothing of it. */
  whole(summary: RunSummary, shown: readonly string[]): LiveRun {
    const curves = shown.map((quantity) => this.points(quantity));
    this.anew = false;
    this.sent = shown.map((quantity, c) => ({ values: this.curve(quantity).length, points: curves[c]!.x.length }));
    const { model, task, method, seed } = summary.manifest;
    const status = this.status(summary);
    return { run: summary.id, model, task, method, seed, status, curves, marks: this.marks() };
  }

  /** What was read and the page has not been told yet. */
  news(summary: RunSummary, shown: readonly string[]): ToLivePage {
    const known = shown.map((quantity, c) => this.sent[c] ?? { values: this.curve(quantity).length, points: 0 });
    // a page that has gathered too many points is sent the thinned-out curve again
    const tooMany = shown.some((quantity, c) => {
      const { values, points } = known[c]!;
      return points + this.curve(quantity).length - values > 2 * maximumPoints;
    });
    if (this.anew || tooMany) return { type: 'run', data: this.whole(summary, shown) };
    const curves = shown.map((quantity, c) => this.points(quantity, known[c]!.values));
    this.sent = shown.map((quantity, c) => ({
      values: this.curve(quantity).length,
      points: known[c]!.points + curves[c]!.x.length,
    }));
    return { type: 'points', run: summary.id, curves, marks: this.marks(), status: this.status(summary) };
  }

  private points(quantity: string, from = 0): CurvePoints {
    const { axis, smoothing } = this.choice;
    return this.curve(quantity).points(axis, isSmoothed(quantity) ? smoothing : 0, from);
  }

  private curve(quantity: string): Curve {
    return this.told.curves.get(quantity) ?? new Curve();
  }

  private take(event: RunEvent): void {
    const { told } = this;
    told.last = event;
    if (event.type === 'run_started') this.stepsPerEpoch = event.steps_per_epoch;
    if (event.type === 'step') this.at = this.placeOf(event.step, event.epoch, event.seconds);
    const at =
      'step' in event && event.step !== undefined && event.step !== this.at.step ? this.placeOf(event.step) : this.at;
    for (const { quantity, value } of measuredIn(event)) {
      this.quantities.add(quantity);
      // scores are few and kept all; of what each step logs only what is shown
      if (event.type === 'step' && !this.wanted.has(quantity)) continue;
      const curve = told.curves.get(quantity) ?? new Curve();
      told.curves.set(quantity, curve.add(at, value));
    }
    if (event.type === 'warning') {
      const { code, message, hint } = event;
      told.warning = { code, message, hint };
      told.marks.push({ kind: 'warning', step: at.step, at, text: `${code} ${message}` });
    } else if (event.type === 'run_failed') {
      const { code, message, hint } = event;
      told.failure = { code, message, hint };
      told.marks.push({ kind: 'failed', step: at.step, at, text: `${code} ${message}` });
    } else if (event.type === 'run_resumed') {
      told.marks.push({ kind: 'resumed', step: event.from_step, at: this.placeOf(event.from_step), text: 'resumed' });
    }
  }

  /** What an event does not say of its place follows from its step, or is as it was at the last one. */
  private placeOf(step: number, epoch?: number, seconds?: number): Place {
    const { stepsPerEpoch, at } = this;
    return { step, epoch: epoch ?? (stepsPerEpoch ? step / stepsPerEpoch : at.epoch), seconds: seconds ?? at.seconds };
  }

  private marks(): Mark[] {
    const { axis } = this.choice;
    return this.told.marks.map(({ at, ...mark }) => ({ ...mark, x: axis === 'time' ? at.seconds : at[axis] }));
  }

  private status({ state, progress }: RunSummary): LiveStatus {
    const { last } = this.told;
    return {
      state,
      step: progress.step,
      totalSteps: progress.totalSteps,
      itemsPerSecond: progress.itemsPerSecond,
      secondsLeft: progress.secondsLeft,
      lastEventAgeMs: last && Math.max(0, this.now() - Date.parse(last.time)),
      notice: this.notice(state),
    };
  }

  /** Why the run stands as it stands. */
  private notice(state: RunSummary['state']): Notice | undefined {
    if (state === 'failed') return this.told.failure;
    if (state === 'interrupted')
      return { code: 'MP4008', message: codes.MP4008, hint: 'Run it again: it goes on from its last checkpoint.' };
    return this.told.warning;
  }
}
