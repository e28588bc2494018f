/** What the live page knows of its runs, and how messages change it. No DOM in here. */
import type { CurvePoints, LiveRun, LiveStatus, Mark, ToLivePage } from '../../panels/protocol';
import { t } from '../common/l10n';
import { stateWords } from '../common/words';

/** One quantity of one run, as columns of equal length. */
export interface ShownCurve {
  x: number[];
  steps: number[];
  raw: number[];
  smooth: number[];
}

export interface ShownRun {
  run: string;
  model: string;
  task: string;
  method: string;
  seed: number;
  /** Place in the order of lines: colour and dash follow from it, and it never changes. */
  index: number;
  status: LiveStatus;
  /** When the status arrived, on the page's own clock. */
  receivedAt: number;
  /** One for each chart. */
  curves: ShownCurve[];
  marks: readonly Mark[];
}

export class LiveModel {
  private readonly runs = new Map<string, ShownRun>();
  private nextIndex = 0;

  constructor(private readonly clock: () => number) {}

  list(): ShownRun[] {
    return [...this.runs.values()];
  }

  /** Applies a message; returns what a listener should be told about changed states. */
  apply(message: ToLivePage): string[] {
    switch (message.type) {
      case 'hydrate': {
        const known = new Set(message.runs.map(({ run }) => run));
        for (const run of this.runs.keys()) if (!known.has(run)) this.runs.delete(run);
        return message.runs.flatMap((run) => this.put(run));
      }
      case 'run':
        return this.put(message.data);
      case 'points': {
        const shown = this.runs.get(message.run);
        if (!shown) return []; // a run that was taken away meanwhile
        message.curves.forEach((points, c) => {
          append(shown.curves[c]!, points);
        });
        shown.marks = message.marks;
        return this.setStatus(shown, message.status);
      }
      case 'gone':
        this.runs.delete(message.run);
        return [];
      case 'problem':
        return [];
      default:
        return message satisfies never;
    }
  }

  private put({ status, curves, ...rest }: LiveRun): string[] {
    const before = this.runs.get(rest.run);
    const shown: ShownRun = {
      ...rest,
      index: before?.index ?? this.nextIndex++,
      status: before?.status ?? status,
      receivedAt: this.clock(),
      curves: curves.map(({ x, steps, raw, smooth }) => ({
        x: [...x],
        steps: [...steps],
        raw: [...raw],
        smooth: [...smooth],
      })),
    };
    this.runs.set(rest.run, shown);
    return before ? this.setStatus(shown, status) : [];
  }

  private setStatus(shown: ShownRun, status: LiveStatus): string[] {
    const before = shown.status.state;
    shown.status = status;
    shown.receivedAt = this.clock();
    if (before === status.state) return [];
    const why = status.notice && status.state !== 'finished' ? `: ${status.notice.message}` : '';
    return [`${shown.method} ${stateWords[status.state]}${why}`];
  }

  /** Seconds since the run's last event. */
  silence({ status, receivedAt }: ShownRun): number | undefined {
    if (status.lastEventAgeMs === undefined) return undefined;
    return (status.lastEventAgeMs + this.clock() - receivedAt) / 1000;
  }
}

function append(curve: ShownCurve, points: CurvePoints): void {
  for (const column of ['x', 'steps', 'raw', 'smooth'] as const)
    for (const value of points[column]) curve[column].push(value);
}

/** Names that tell runs apart: method, and model, task or seed only where those differ. */
export function labelOf(run: ShownRun, all: readonly ShownRun[]): string {
  const differs = (key: 'model' | 'task' | 'seed') => all.some((other) => other[key] !== run[key]);
  const parts = [run.method];
  if (differs('model')) parts.push(run.model);
  if (differs('task')) parts.push(run.task);
  if (differs('seed')) parts.push(t('seed {0}', run.seed));
  const label = parts.join(', ');
  const twins = all.filter(
    ({ method, model, task, seed }) =>
      method === run.method && model === run.model && task === run.task && seed === run.seed,
  );
  // the same names with other settings: the hash at the end of the id tells
  return twins.length > 1 ? `${label} (${run.run.split('--').at(-1)})` : label;
}
