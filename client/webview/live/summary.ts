/** All runs in one line. */
import type { RunState } from '../../panels/protocol';
import { duration } from '../common/words';
import type { ShownRun } from './model';

const order: RunState[] = ['running', 'queued', 'finished', 'failed', 'cancelled', 'interrupted'];

/** `2 runs: 1 running, 1 finished; about 12 s left` */
export function summaryOf(runs: readonly ShownRun[]): string {
  if (runs.length === 0) return 'No run yet. Start one with “MedPEFT: Run Experiment…”.';
  const counts = order.flatMap((state) => {
    const n = runs.filter((run) => run.status.state === state).length;
    return n > 0 ? [`${n} ${state}`] : [];
  });
  const left = runs.flatMap(({ status }) => (status.state === 'running' ? (status.secondsLeft ?? []) : []));
  const time = left.length > 0 ? `; about ${duration(Math.max(...left))} left in what runs now` : '';
  return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ${counts.join(', ')}${time}`;
}
