/** All runs in one line. */
import type { RunState } from '../../panels/protocol';
import { t } from '../common/l10n';
import { duration, stateWords } from '../common/words';
import type { ShownRun } from './model';

const order: RunState[] = ['running', 'queued', 'finished', 'failed', 'cancelled', 'interrupted'];

/**
 * `2 runs: 1 running, 1 finished; about 12 s left in what runs now; last event 2 s ago`
 * @param silence seconds since a run's last event
 */
export function summaryOf(runs: readonly ShownRun[], silence: (run: ShownRun) => number | undefined): string {
  if (runs.length === 0) return t('No run yet. Start one with “MedPEFT: Run Experiment…”.');
  const counts = order.flatMap((state) => {
    const n = runs.filter((run) => run.status.state === state).length;
    return n > 0 ? [`${n} ${stateWords[state]}`] : [];
  });
  const left = runs.flatMap(({ status }) => (status.state === 'running' ? (status.secondsLeft ?? []) : []));
  const time = left.length > 0 ? t('; about {0} left in what runs now', duration(Math.max(...left))) : '';
  const silences = runs.flatMap((run) => (run.status.state === 'running' ? (silence(run) ?? []) : []));
  const last = silences.length > 0 ? t('; last event {0} ago', duration(Math.min(...silences))) : '';
  return `${runs.length === 1 ? t('1 run') : t('{0} runs', runs.length)}: ${counts.join(', ')}${time}${last}`;
}
