/** What a run is planned to take, beside what bench/results.json has measured of processes of that size (npm run bench). */
import { expect, it } from 'vitest';
import { plannedBytes } from '../../../bench/planned';
import type { Results } from '../../../bench/results';
import measured from '../../../bench/results.json';

const steps = Object.entries(measured as Results).filter(([name]) => name.startsWith('step '));

it.each(steps)('%s: memory within 25 % of the measured peak', (_, row) => {
  const ratio = plannedBytes(row) / row.engine.peak;
  expect(ratio).toBeGreaterThan(0.75);
  expect(ratio).toBeLessThan(1.25);
});
