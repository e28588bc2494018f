/** How long a run will take: what it has to do, and what of that is measured. Against measured steps: test/unit/plan/memory.test.ts. */
import { expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../runner/backends';
import { planRuns } from '../../../runner/plan';
import { loadSpec } from '../../../runner/spec';
import { forecaster } from '../../../runner/training/forecast';
import { type Work, workOf } from '../../../runner/training/work';

async function worksOf(spec: string): Promise<Map<string, Work>> {
  const works = new Map<string, Work>();
  await planRuns(
    loadSpec(spec),
    { maxSteps: 40 },
    { each: (run, parts) => works.set(run.methodName, workOf(run, parts, Infinity)!) },
  );
  return works;
}

const times = (work: Work, program: RegExp) =>
  work.beside.filter((one) => program.test(one.program.name)).reduce((sum, one) => sum + one.times, 0);

it('what is trained decides what is run; what is scored, how often', async () => {
  const works = await worksOf('examples/vqa-rad/compare.medpeft.json');
  const [base, layernorm, lora] = ['base', 'layernorm', 'lora'].map((name) => works.get(name)!);
  expect([base!.optimiserSteps, layernorm!.optimiserSteps]).toEqual([0, 40]);
  const backward = (work: Work) => work.microBatch.filter(({ program }) => program.name.endsWith('.backward'));
  expect(backward(base!)).toEqual([]);
  expect(backward(layernorm!).length).toBeGreaterThan(2);
  // an encoder that changes looks at validation and test images anew
  expect(times(lora!, /^vision_embeddings/)).toBe(times(layernorm!, /^vision_embeddings/));
  expect(times(base!, /^vision_embeddings/)).toBeLessThan(times(layernorm!, /^vision_embeddings/));
});

it('each program is measured once, whichever runs share it, at shapes that it accepts', async () => {
  const works = await worksOf('examples/vqa-rad/compare.medpeft.json');
  const real = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  let compiled = 0;
  const compile: Backend['compile'] = (program) => {
    compiled++;
    return real.compile(program);
  };
  const backend: Backend = { ...real, compile };
  const forecast = forecaster(backend);
  const layernorm = works.get('layernorm')!;
  const { step, total } = await forecast(layernorm);
  expect(total).toBeGreaterThan(40 * step);
  const once = compiled;
  await forecast(layernorm);
  expect(compiled).toBe(once);
  await forecast({ ...works.get('full')!, beside: layernorm.beside });
  expect(compiled).toBeGreaterThan(once);
});
