/** One run as the live panel follows it: reads events on from where it stopped and says what is new, or that all is anew. */
import { codes } from '../../runner/codes';
import {
  effectiveSlices,
  eventSlices,
  eventsSize,
  History,
  type RunSummary,
  readKeptCurves,
  voidedBy,
} from '../../runner/runs';
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

/** Points of one curve that a page is sent at once. */
export const maximumPoints = 2_000;

/** What of a run's summary the live panel shows. */
export type FollowedRun = Pick<RunSummary, 'id' | 'folder' | 'state' | 'progress'> & {
  manifest: Pick<RunSummary['manifest'], 'model' | 'task' | 'method' | 'seed' | 'created'>;
};

const noPoints = (): CurvePoints => {
  const none = new Float64Array();
  return { x: none, steps: none, raw: none, smooth: none };
};

export class RunTrack {
  private offset = 0;
  /** When the run that was read was made: a deleted run's successor has the same folder and perhaps the same number of bytes. */
  private created: string | undefined;
  private history: History;
  private anew = true;
  /** How many points of each curve the page was sent. */
  private sent = new Map<string, number>();

  /** What was asked for so far: of the quantities that every step logs only these are kept. */
  private readonly wanted: Set<string | undefined>;

  constructor(
    private readonly folder: string,
    private choice: LiveChoice,
    private readonly now: () => number = Date.now,
  ) {
    this.wanted = new Set(['training loss', ...choice.quantities]);
    this.history = new History(this.wanted);
  }

  /** Names of all that was measured so far, shown or not. */
  get quantities(): ReadonlySet<string> {
    return this.history.quantities;
  }

  /** Takes another choice, if what was read so far serves it; else the run has to be read anew by another track. */
  choose(choice: LiveChoice): boolean {
    const { quantities, curves } = this.history;
    const kept = choice.quantities.every((quantity) => !quantity || !quantities.has(quantity) || curves.has(quantity));
    if (!kept) return false;
    this.choice = choice;
    for (const quantity of choice.quantities) this.wanted.add(quantity);
    return true;
  }

  /** Reads what was written since the last time, a slice at each step of the generator. */
  *read({ manifest }: FollowedRun): Generator<void> {
    const first = this.offset === 0;
    const successor = !first && this.created !== manifest.created;
    this.created = manifest.created;
    const size = eventsSize(this.folder);
    const kept = first ? readKeptCurves(this.folder, this.wanted) : undefined;
    if (kept) ({ history: this.history, offset: this.offset } = kept);
    if (successor || size < this.offset || (first && !kept)) {
      yield* this.readAll(!first);
      return;
    }
    for (const { events, to } of eventSlices(this.folder, this.offset)) {
      const expected = (this.history.facts.last?.seq ?? -1) + 1;
      const gap = events.length > 0 && events[0]!.seq !== expected;
      if (gap || events.some((event) => voidedBy(event) !== undefined)) {
        yield* this.readAll(true);
        return;
      }
      for (const event of events) this.history.take(event);
      this.offset = to;
      yield;
    }
  }

  private *readAll(anew: boolean): Generator<void> {
    this.history = new History(this.wanted);
    this.offset = 0;
    this.anew ||= anew;
    for (const { events, to } of effectiveSlices(this.folder)) {
      for (const event of events) this.history.take(event);
      this.offset = to;
      yield;
    }
  }

  /** The whole run as read, for a page that knows nothing of it. */
  whole(summary: FollowedRun, shown: readonly string[], maximum = maximumPoints): LiveRun {
    const { axis, smoothing } = this.choice;
    const points = new Map<string, CurvePoints>();
    for (const quantity of shown) {
      const curve = this.history.curves.get(quantity);
      if (curve) points.set(quantity, curve.points(axis, isSmoothed(quantity) ? smoothing : 0, maximum));
    }
    this.anew = false;
    this.sent = new Map([...points].map(([quantity, { x }]) => [quantity, x.length]));
    const { model, task, method, seed } = summary.manifest;
    const curves = shown.map((quantity) => points.get(quantity) ?? noPoints());
    return {
      run: summary.id,
      model,
      task,
      method,
      seed,
      status: this.status(summary),
      curves,
      marks: this.marks(),
    };
  }

  /** What was read and the page has not been told yet. */
  news(summary: FollowedRun, shown: readonly string[], maximum = maximumPoints): ToLivePage {
    const whole = (): ToLivePage => ({ type: 'run', data: this.whole(summary, shown, maximum) });
    const points = new Map<string, CurvePoints>();
    for (const quantity of new Set(shown)) {
      const curve = this.history.curves.get(quantity);
      if (!curve) continue;
      const before = this.sent.get(quantity);
      const fresh = this.anew || before === undefined ? undefined : curve.news(this.choice.axis);
      // a page that has gathered too many points is sent the thinned-out curve again
      if (!fresh || before === undefined || before + fresh.x.length > 2 * maximum) return whole();
      points.set(quantity, fresh);
      this.sent.set(quantity, before + fresh.x.length);
    }
    if (this.anew) return whole();
    const curves = shown.map((quantity) => points.get(quantity) ?? noPoints());
    return { type: 'points', run: summary.id, curves, marks: this.marks(), status: this.status(summary) };
  }

  private marks(): Mark[] {
    const { axis } = this.choice;
    return this.history.facts.happenings.map(({ kind, at, text }) => ({
      kind,
      step: at.step,
      text,
      x: axis === 'time' ? at.seconds : at[axis],
    }));
  }

  private status({ state, progress }: FollowedRun): LiveStatus {
    const { last } = this.history.facts;
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
    const { failure, warning } = this.history.facts;
    if (state === 'failed') return failure;
    if (state === 'interrupted')
      return { code: 'MP4008', message: codes.MP4008, hint: 'Run it again: it goes on from its last checkpoint.' };
    return warning;
  }
}
