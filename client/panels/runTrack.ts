/** One run as the live panel follows it: reads events on from where it stopped and says what is new, or that all is anew. */
import { codes } from '../../runner/codes';
import { effectiveEvents, type RunEvent, readEvents } from '../../runner/runs';
import type { RunSummary } from '../runs/store';
import { lossPoints, maximumPoints } from './curves';
import type { EvaluationPoint, LiveRun, LiveStatus, Notice, ToLivePage } from './protocol';

/** What the events so far come to. */
interface Curves {
  steps: number[];
  losses: number[];
  evaluations: EvaluationPoint[];
  last?: RunEvent;
  failure?: Notice;
  warning?: Notice;
}

const nothing = (): Curves => ({ steps: [], losses: [], evaluations: [] });

const voidsEarlier = (event: RunEvent) =>
  event.type === 'run_resumed' || (event.type === 'run_started' && event.seq === 0);

export class RunTrack {
  private offset = 0;
  /** When the run that was read was made: a deleted run's successor has the same folder and perhaps the same number of bytes. */
  private created: string | undefined;
  private curves = nothing();
  /** How far the page was told. */
  private sent = { losses: 0, evaluations: 0, points: 0 };

  constructor(
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** The whole run, for a page that knows nothing of it. */
  whole(summary: RunSummary, factor: number): LiveRun {
    this.read(summary);
    const { steps, losses, evaluations } = this.curves;
    const loss = lossPoints(steps, losses, factor);
    this.sent = { losses: losses.length, evaluations: evaluations.length, points: loss.steps.length };
    const { model, task, method, seed } = summary.manifest;
    const status = this.status(summary);
    return { run: summary.id, model, task, method, seed, status, loss, evaluations: [...evaluations] };
  }

  /** What the page has not been told yet. */
  news(summary: RunSummary, factor: number): ToLivePage {
    const anew = this.read(summary);
    const { steps, losses, evaluations } = this.curves;
    // a page that has gathered too many points is sent the thinned-out curve again
    if (anew || this.sent.points + losses.length - this.sent.losses > 2 * maximumPoints)
      return { type: 'run', data: this.whole(summary, factor) };
    const loss = lossPoints(steps, losses, factor, this.sent.losses);
    const more = evaluations.slice(this.sent.evaluations);
    const points = this.sent.points + loss.steps.length;
    this.sent = { losses: losses.length, evaluations: evaluations.length, points };
    return { type: 'points', run: summary.id, loss, evaluations: more, status: this.status(summary) };
  }

  /** Reads what was written since the last time. True when that made void what was read before. */
  private read({ manifest }: RunSummary): boolean {
    const first = this.offset === 0;
    const successor = !first && this.created !== manifest.created;
    this.created = manifest.created;
    let { events, offset } = readEvents(this.folder, this.offset);
    const expected = (this.curves.last?.seq ?? -1) + 1;
    const gap = events.length > 0 && events[0]!.seq !== expected;
    const anew = successor || (!first && (offset < this.offset || gap || events.some(voidsEarlier)));
    if (anew) {
      this.curves = nothing();
      ({ events, offset } = readEvents(this.folder));
    }
    this.offset = offset;
    for (const event of first || anew ? effectiveEvents(events) : events) this.take(event);
    return anew;
  }

  private take(event: RunEvent): void {
    const { curves } = this;
    curves.last = event;
    if (event.type === 'step') {
      curves.steps.push(event.step);
      curves.losses.push(event.loss);
    } else if (event.type === 'evaluation' && event.role === 'validation') {
      const { step, split, loss, metrics, best = false } = event;
      curves.evaluations.push({ step, split, loss, metrics, best });
    } else if (event.type === 'warning') {
      curves.warning = { code: event.code, message: event.message, hint: event.hint };
    } else if (event.type === 'run_failed') {
      curves.failure = { code: event.code, message: event.message, hint: event.hint };
    }
  }

  private status({ state, progress }: RunSummary): LiveStatus {
    const { last } = this.curves;
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
    if (state === 'failed') return this.curves.failure;
    if (state === 'interrupted')
      return { code: 'MP4008', message: codes.MP4008, hint: 'Run it again: it goes on from its last checkpoint.' };
    return this.curves.warning;
  }
}
