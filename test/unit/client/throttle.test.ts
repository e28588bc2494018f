import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttled } from '../../../client/throttle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does the first at once, and goes on doing while calls never cease', () => {
  const done: number[] = [];
  const start = Date.now();
  const call = throttled(() => done.push(Date.now() - start), 500);
  for (let i = 0; i < 20; i++) {
    call();
    vi.advanceTimersByTime(100);
  }
  expect(done).toEqual([0, 500, 1000, 1500, 2000]);
  vi.advanceTimersByTime(1000);
  expect(done).toHaveLength(5);
});

it('does nothing more once disposed', () => {
  const act = vi.fn();
  const call = throttled(act, 500);
  call();
  call.dispose();
  vi.advanceTimersByTime(1000);
  expect(act).not.toHaveBeenCalled();
});
