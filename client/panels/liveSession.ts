/**
 * What a live panel follows, without the editor: reads the runs of its target and says what is new of each change that it is told. Runs in a thread of
 * its own (`thread.ts`), so that no run is long enough to keep the extension host from its other work.
 */
import type { LiveChoice, LiveViewState, ToLivePage } from './protocol';
import { chosenQuantities, inOrder } from './quantities';
import { type FollowedRun, maximumPoints, RunTrack } from './runTrack';

/** After so long what was read so far is shown. */
const partMs = 200;
/** After so long other messages are looked at. */
const turnMs = 30;
/** Points of all curves of a chart together; of few runs each has `maximumPoints`. */
const allPoints = 200_000;

/** What there is to show. */
export interface Shown {
  label: string;
  runs: FollowedRun[];
}

export class LiveSession {
  private tracks = new Map<string, { run: string; track: RunTrack }>();
  private choice: LiveChoice | undefined;
  private view: LiveViewState | undefined;
  private now: Shown = { label: '', runs: [] };
  /** What the page was told that there is to show, and what its charts show. */
  private quantities: string[] = [];
  private charts: [string, string] = ['', ''];
  private changed = new Set<string>();
  /** Counts the readings of everything, so that one that was overtaken stops. */
  private round = 0;
  private reading = false;

  constructor(
    private readonly post: (message: ToLivePage) => void,
    private readonly onProblem: (error: Error) => void,
  ) {}

  /** A page that knows nothing. */
  begin(view: LiveViewState, choice: LiveChoice, shown: Shown): Promise<void> {
    this.view = view;
    this.choice = choice;
    this.now = shown;
    return this.readAnew();
  }

  /** Another axis or smoothing needs no reading; another quantity may. */
  choose(choice: LiveChoice): Promise<void> {
    this.choice = choice;
    const kept = [...this.tracks.values()].map(({ track }) => track.choose(choice));
    if (kept.includes(false) || this.reading) return this.readAnew();
    this.guarded(() => this.sendAll());
    return Promise.resolve();
  }

  /** Something changed in these folders. */
  async change(shown: Shown, folders: readonly string[]): Promise<void> {
    this.now = shown;
    for (const folder of folders) this.changed.add(folder);
    if (this.reading || !this.view) return; // told at its end
    await this.readOn();
  }

  end(): void {
    this.round = -1;
  }

  /** Reads everything anew; what was read so far is shown now and then. */
  private async readAnew(): Promise<void> {
    const own = ++this.round;
    this.tracks = new Map();
    this.changed = new Set();
    this.reading = true;
    let fresh: FollowedRun[] = [];
    let told = false;
    const tellPart = () =>
      this.guarded(() => {
        if (!told || this.news()) this.sendAll();
        else for (const run of fresh) this.post({ type: 'run', data: this.wholeOf(run) });
        told = true;
        fresh = [];
      });
    let toldAt = performance.now();
    const problems: Error[] = [];
    for (const run of this.now.runs) {
      try {
        if (!(await this.read(run, own))) return;
        fresh.push(run);
      } catch (error) {
        problems.push(error as Error);
      }
      if (performance.now() - toldAt < partMs) continue;
      tellPart();
      toldAt = performance.now();
    }
    this.reading = false;
    tellPart();
    for (const error of problems) this.onProblem(error);
    await this.readOn();
  }

  /** Reads what changed since, until nothing has. */
  private async readOn(): Promise<void> {
    const own = this.round;
    this.reading = true;
    for (;;) {
      const runs = new Map(this.now.runs.map((run) => [run.folder, run]));
      for (const [folder, { run }] of this.tracks) {
        if (runs.has(folder)) continue;
        this.tracks.delete(folder);
        this.post({ type: 'gone', run });
      }
      const touched = this.now.runs.filter(({ folder }) => this.changed.has(folder) || !this.tracks.has(folder));
      this.changed = new Set();
      const read: FollowedRun[] = [];
      for (const run of touched) {
        try {
          if (!(await this.read(run, own))) return;
          read.push(run);
        } catch (error) {
          this.onProblem(error as Error);
        }
      }
      this.guarded(() => {
        if (this.news()) this.sendAll();
        else for (const run of read) this.post(this.trackOf(run).news(run, this.charts, this.maximum()));
      });
      if (this.changed.size === 0) break;
    }
    this.reading = false;
  }

  /** Reads what is new of a run; of one that is not followed yet, all. False if this was overtaken. */
  private async read(run: FollowedRun, own: number): Promise<boolean> {
    const known = this.tracks.get(run.folder) ?? { run: run.id, track: new RunTrack(run.folder, this.choice!) };
    let turn = performance.now();
    for (const _ of known.track.read(run)) {
      if (performance.now() - turn < turnMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (own !== this.round) return false;
      turn = performance.now();
    }
    this.tracks.set(run.folder, known);
    return true;
  }

  private trackOf({ folder }: FollowedRun): RunTrack {
    return this.tracks.get(folder)!.track;
  }

  private wholeOf(run: FollowedRun) {
    return this.trackOf(run).whole(run, this.charts, this.maximum());
  }

  /** Points of a curve: a screen has room for only so many of all curves together. */
  private maximum(): number {
    return Math.max(100, Math.min(maximumPoints, Math.floor(allPoints / Math.max(1, this.tracks.size))));
  }

  private measured(): string[] {
    return inOrder(new Set([...this.tracks.values()].flatMap(({ track }) => [...track.quantities])));
  }

  /** Whether something is measured that the page does not know of: the first validation brings scores that a chart waits for. */
  private news(): boolean {
    return this.measured().join('\n') !== this.quantities.join('\n');
  }

  private sendAll(): void {
    const { view, now } = this;
    if (!view) return;
    this.quantities = this.measured();
    this.charts = chosenQuantities(this.choice!.quantities, this.quantities);
    const runs = now.runs.filter(({ folder }) => this.tracks.has(folder)).map((run) => this.wholeOf(run));
    this.post({
      type: 'hydrate',
      view,
      title: now.label,
      quantities: this.quantities,
      shown: this.charts,
      runs,
    });
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.onProblem(error as Error);
    }
  }
}
