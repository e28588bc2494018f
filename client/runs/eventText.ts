/** Events as lines for people: in the log of a run and in the output of a test run. */
import type { RunEvent } from '../../runner/runs';
import { duration } from './describe';

const digits = (value: number) => Number(value.toPrecision(4));

export function eventText(event: RunEvent): string {
  switch (event.type) {
    case 'run_started':
      return `started: ${event.total_steps} steps, ${event.trainable} trainable parameters${where(event)}`;
    case 'step':
      return [
        `step ${event.step}`,
        `loss ${digits(event.loss)}`,
        `learning rate ${digits(event.learning_rate)}`,
        event.items_per_second === undefined ? '' : `${digits(event.items_per_second)} items/s`,
        event.seconds_left === undefined ? '' : `${duration(event.seconds_left)} left`,
      ]
        .filter(Boolean)
        .join(', ');
    case 'evaluation': {
      const metrics = Object.entries(event.metrics).map(([id, { value, n }]) =>
        value === null ? `${id} without items` : `${id} ${digits(value)} (n = ${n})`,
      );
      return `${event.role} on ${event.split} at step ${event.step}: ${metrics.join(', ')}${event.best ? ', best so far' : ''}`;
    }
    case 'checkpoint':
      return `checkpoint at step ${event.step}: ${event.file}`;
    case 'warning':
      return `${event.code} ${event.message}${event.hint ? ` ${event.hint}` : ''}`;
    case 'learning_rate_chosen': {
      const { learning_rate: rate, metric, candidates } = event.choice;
      const scores = candidates.map(({ learning_rate, score, failed }) =>
        failed !== undefined || score === undefined ? `${learning_rate} failed` : `${learning_rate} ${digits(score)}`,
      );
      return `chose the learning rate ${rate} by ${metric} on validation (${scores.join(', ')})`;
    }
    case 'run_resumed':
      return `resumed from step ${event.from_step}${event.bit_exact === false ? ', not bit-exact' : ''}`;
    case 'run_finished':
      return `finished at step ${event.step}${event.seconds === undefined ? '' : ` after ${duration(event.seconds)}`}`;
    case 'run_failed':
      return `failed: ${event.code} ${event.message}${event.hint ? ` ${event.hint}` : ''}`;
    case 'run_cancelled':
      return `cancelled at step ${event.step}`;
  }
}

function where({ backend, device, threads }: Extract<RunEvent, { type: 'run_started' }>): string {
  const parts = [backend, device, threads === undefined ? '' : `${threads} threads`].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
