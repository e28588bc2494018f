import { describe, expect, it } from 'vitest';
import { effectiveEvents, type RunEvent } from '../../../runner/runs';

const step = (n: number) => ({ type: 'step', step: n }) as RunEvent;
const resumed = (n: number) => ({ type: 'run_resumed', from_step: n }) as RunEvent;
const evaluation = (n: number, role: string) => ({ type: 'evaluation', step: n, role }) as RunEvent;
const started = (seq: number) => ({ type: 'run_started', seq }) as RunEvent;
const warning = { type: 'warning' } as RunEvent;

describe('effectiveEvents', () => {
  it.each<[string, RunEvent[], RunEvent[]]>([
    ['nothing resumed', [started(0), step(1)], [started(0), step(1)]],
    ['later steps are void', [step(1), step(2), step(3), resumed(2), step(3)], [step(1), step(2), resumed(2), step(3)]],
    ['two resumes', [step(1), step(2), resumed(1), step(2), resumed(0)], [resumed(1), resumed(0)]],
    [
      'test scores are taken again, validation at the step stays',
      [evaluation(2, 'validation'), evaluation(2, 'test'), evaluation(2, 'transfer'), resumed(2)],
      [evaluation(2, 'validation'), resumed(2)],
    ],
    ['warnings without a step stay', [warning, resumed(0)], [warning, resumed(0)]],
    ['a folder started anew', [started(0), step(1), started(0)], [started(0)]],
  ])('%s', (_name, events, kept) => expect(effectiveEvents(events)).toEqual(kept));
});
