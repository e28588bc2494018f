/** What people see while runs go on: one line that is rewritten on a terminal, a line every few seconds elsewhere; of several runs at once, a part each. */
import path from 'node:path';
import type { PlannedRun } from '../plan/types';
import { choiceText } from '../reports/choice';
import type { RunEvent } from '../runs';
import { duration, shellWord } from '../text';
import { type RunEstimate, startEstimate } from './estimate';

export interface Progress {
  /** A run begins. @param n from 1 @returns is told of each of its events */
  run(run: PlannedRun, n: number, of: number, beside?: Beside): RunProgress;
  /** A line that stays. */
  say(line: string): void;
}

export interface Beside {
  /** Runs that come after it. */
  later: readonly PlannedRun[];
  /** How many go on at once. */
  atOnce: number;
}

export interface RunProgress {
  event(event: RunEvent): void;
  /** It goes on no longer. */
  end(): void;
}

export interface Screen {
  write(text: string): void;
  /** Width of the terminal; undefined where there is none. */
  columns?: number;
}

/** How often a line is written where lines cannot be rewritten. */
const quietMs = 5_000;

const percent = (value: number | null | undefined) =>
  typeof value === 'number' ? `${(100 * value).toFixed(1)} %` : '-';

/** @param now milliseconds, for tests */
export function showProgress(screen: Screen, now: () => number = () => performance.now()): Progress {
  const estimate = startEstimate(now);
  /** What is said of each run that goes on, in the order in which they began. */
  const lines = new Map<number, { head: string; words: string }>();
  let live = false;
  let lastLine = Number.NEGATIVE_INFINITY;
  const say = (line: string) => {
    if (live) screen.write('\r\u001b[K');
    live = false;
    screen.write(`${line}\n`);
  };
  const draw = () => {
    const line = [...lines.values()].map(({ head, words }) => `${head}: ${words}`).join(' | ');
    if (screen.columns !== undefined) {
      screen.write(`\r\u001b[K${line.slice(0, screen.columns - 1)}`);
      live = true;
    } else if (now() - lastLine >= quietMs) {
      lastLine = now();
      screen.write(`${line}\n`);
    }
  };
  return {
    say,
    run(run, n, of, { later, atOnce } = { later: [], atOnce: 1 }) {
      if (lines.size === 0) lastLine = Number.NEGATIVE_INFINITY;
      const line = { head: headOf(run, n, of), words: '' };
      lines.set(n, line);
      const rewrite = (words: string) => {
        line.words = words;
        draw();
      };
      rewrite('opening model and data');
      const tell = tellRun(run, {
        rewrite,
        say: (words) => say(`${line.head}: ${words}`),
        estimate: estimate.run(later, atOnce),
      });
      return { event: tell, end: () => void lines.delete(n) };
    },
  };
}

const headOf = (run: PlannedRun, n: number, of: number) =>
  `run ${n}/${of} ${run.modelName} ${run.taskName} ${run.methodName} seed ${run.seed}`;

/** One run's events as words. */
function tellRun(
  run: PlannedRun,
  { rewrite, say, estimate }: { rewrite(words: string): void; say(words: string): void; estimate: RunEstimate },
): (event: RunEvent) => void {
  const resume = `medpeft resume ${shellWord(path.join(run.outputDir, run.id))}`;
  /** A hint with the command as it can be pasted. */
  const withFolder = (hint: string | undefined) => (hint ? `\n  ${hint.replace('`medpeft resume`', resume)}` : '');
  // what is resumed does not say it again
  let totalSteps = run.steps ?? 0;
  return (event) => {
    switch (event.type) {
      case 'run_started':
        totalSteps = event.total_steps;
        if (totalSteps === 0) rewrite('answering');
        return;
      case 'step': {
        estimate.step(event);
        const parts = [`step ${event.step}${totalSteps ? `/${totalSteps}` : ''}`, `loss ${estimate.loss().toFixed(3)}`];
        if (event.items_per_second !== undefined) parts.push(`${event.items_per_second.toFixed(1)} items/s`);
        if (event.seconds_left !== undefined) parts.push(`${duration(event.seconds_left)} left`);
        const all = estimate.secondsLeft(event.seconds_left);
        if (all !== undefined) parts.push(`${duration(all)} for all runs`);
        rewrite(parts.join(', '));
        return;
      }
      case 'evaluation': {
        const scores = Object.entries(event.metrics).map(([id, { value }]) => `${id} ${percent(value)}`);
        const at = event.role === 'validation' ? ` after ${event.step} steps` : '';
        say(`${event.split}${at}: ${scores.join(', ')}${event.best ? ' (best so far)' : ''}`);
        return;
      }
      case 'warning':
        say(`warning ${event.code} ${event.message}${event.hint ? `\n  ${event.hint}` : ''}`);
        return;
      case 'learning_rate_chosen':
        say(choiceText(event.choice, percent));
        return;
      case 'run_resumed':
        say(
          `goes on after step ${event.from_step}${
            event.bit_exact === false ? ' (another machine or version: not bit-exact)' : ''
          }`,
        );
        return;
      case 'run_finished':
        say(`finished${event.seconds === undefined ? '' : ` in ${duration(event.seconds)}`}`);
        return;
      case 'run_failed':
        say(`failed: ${event.code} ${event.message}${withFolder(event.hint)}`);
        return;
      case 'run_cancelled':
        say(`stopped after ${event.step} steps; this goes on from there:\n  ${resume}`);
        return;
      case 'checkpoint':
        return;
      default:
        return event satisfies never;
    }
  };
}
