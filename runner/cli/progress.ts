/** What people see while runs go on: one line that is rewritten on a terminal, a line every few seconds elsewhere. */
import path from 'node:path';
import type { PlannedRun } from '../plan/types';
import { choiceText } from '../reports/choice';
import type { RunEvent } from '../runs';
import { duration, shellWord } from '../text';
import { startEstimate } from './estimate';

export interface Progress {
  /** A run begins. @param n from 1 @param later runs that come after it */
  run(run: PlannedRun, n: number, of: number, later?: readonly PlannedRun[]): void;
  event(event: RunEvent): void;
  /** A line that stays. */
  say(line: string): void;
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
  let head = '';
  let resume = 'medpeft resume';
  /** A hint with the command as it can be pasted. */
  const withFolder = (hint: string | undefined) => (hint ? `\n  ${hint.replace('`medpeft resume`', resume)}` : '');
  let totalSteps = 0;
  let live = false;
  const estimate = startEstimate(now);
  let lastLine = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (live) screen.write('\r\u001b[K');
    live = false;
  };
  const say = (line: string) => {
    clear();
    screen.write(`${line}\n`);
  };
  const rewrite = (line: string) => {
    if (screen.columns !== undefined) {
      screen.write(`\r\u001b[K${line.slice(0, screen.columns - 1)}`);
      live = true;
    } else if (now() - lastLine >= quietMs) {
      lastLine = now();
      screen.write(`${line}\n`);
    }
  };
  return {
    run(run, n, of, later = []) {
      head = `run ${n}/${of} ${run.modelName} ${run.taskName} ${run.methodName} seed ${run.seed}`;
      // what is resumed does not say it again
      totalSteps = run.steps ?? 0;
      estimate.run(later);
      lastLine = Number.NEGATIVE_INFINITY;
      resume = `medpeft resume ${shellWord(path.join(run.outputDir, run.id))}`;
      rewrite(`${head}: opening model and data`);
    },
    say,
    event(event) {
      switch (event.type) {
        case 'run_started':
          totalSteps = event.total_steps;
          if (totalSteps === 0) rewrite(`${head}: answering`);
          return;
        case 'step': {
          estimate.step(event);
          const parts = [
            `step ${event.step}${totalSteps ? `/${totalSteps}` : ''}`,
            `loss ${estimate.loss().toFixed(3)}`,
          ];
          if (event.items_per_second !== undefined) parts.push(`${event.items_per_second.toFixed(1)} items/s`);
          if (event.seconds_left !== undefined) parts.push(`${duration(event.seconds_left)} left`);
          const all = estimate.secondsLeft(event.seconds_left);
          if (all !== undefined) parts.push(`${duration(all)} for all runs`);
          rewrite(`${head}: ${parts.join(', ')}`);
          return;
        }
        case 'evaluation': {
          const scores = Object.entries(event.metrics).map(([id, { value }]) => `${id} ${percent(value)}`);
          const at = event.role === 'validation' ? ` after ${event.step} steps` : '';
          say(`${head}: ${event.split}${at}: ${scores.join(', ')}${event.best ? ' (best so far)' : ''}`);
          return;
        }
        case 'warning':
          say(`${head}: warning ${event.code} ${event.message}${event.hint ? `\n  ${event.hint}` : ''}`);
          return;
        case 'learning_rate_chosen':
          say(`${head}: ${choiceText(event.choice, percent)}`);
          return;
        case 'run_resumed':
          say(
            `${head}: goes on after step ${event.from_step}${
              event.bit_exact === false ? ' (another machine or version: not bit-exact)' : ''
            }`,
          );
          return;
        case 'run_finished':
          say(`${head}: finished${event.seconds === undefined ? '' : ` in ${duration(event.seconds)}`}`);
          return;
        case 'run_failed':
          say(`${head}: failed: ${event.code} ${event.message}${withFolder(event.hint)}`);
          return;
        case 'run_cancelled':
          say(`${head}: stopped after ${event.step} steps; this goes on from there:\n  ${resume}`);
          return;
        case 'checkpoint':
          return;
        default:
          return event satisfies never;
      }
    },
  };
}
