/** Figures and states in words. */
import type { RunState } from '../../panels/protocol';
import { t } from './l10n';

export const stateWords: Record<RunState, string> = {
  queued: t('queued'),
  running: t('running'),
  finished: t('finished'),
  failed: t('failed'),
  cancelled: t('cancelled'),
  interrupted: t('interrupted'),
};

/** `2 s`, `3 min 5 s`, `2 h 4 min` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return t('{0} min {1} s', minutes, whole % 60);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** Four significant digits at most, as short as they allow. */
export function figure(value: number | null | undefined): string {
  if (value === undefined || value === null) return '–';
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

export function percentage(value: number | null | undefined): string {
  return typeof value === 'number' ? `${(100 * value).toFixed(1)} %` : '–';
}
