/** `medpeft run SPEC --dry-run`: whether each run would work, tried on a few items, with nothing left behind. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import type { PlannedRun } from '../plan';
import { bytes } from '../text';
import { type DryRun, dryRun, withoutSeeds } from '../training/dry_run';
import type { Supervised } from '../training/supervise';
import type { Output } from './command';
import { errorText } from './program';

/** @returns the exit code: 1 if a run would fail */
export async function dryRunAll(runs: readonly PlannedRun[], output: Output, json: boolean): Promise<number> {
  let current: Supervised | undefined;
  let stopped = false;
  const onSignal = () => {
    stopped = true;
    current?.kill();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const tried: DryRun[] = [];
  try {
    for (const run of withoutSeeds(runs)) {
      if (stopped) break;
      tried.push(await tryOne(run, (supervised) => (current = supervised)));
      if (!stopped && !json) output.result(`${dryRunText(run, tried.at(-1)!)}\n`);
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
  if (json) output.result(`${JSON.stringify({ runs: tried })}\n`);
  const failed = tried.filter(({ works }) => !works).length;
  if (!json && !stopped)
    output.result(
      failed === 0 ? `${tried.length} of ${tried.length} would run\n` : `${failed} of ${tried.length} would fail\n`,
    );
  return failed > 0 || stopped ? 1 : 0;
}

async function tryOne(run: PlannedRun, onStart: (supervised: Supervised) => void): Promise<DryRun> {
  try {
    return await dryRun(run, path.join(__dirname, 'worker.js'), onStart);
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    const { code, message, hint } = error;
    return { id: run.id, works: false, scored: [], reloaded: false, failure: { code, message, hint } };
  }
}

/** `lora, seed 0: works: loss 4.21, saved and loaded again, rad/test scored; 251 MB` */
export function dryRunText({ methodName, seed, modelName, taskName }: PlannedRun, tried: DryRun): string {
  const { works, failure, loss, reloaded, scored, memoryBytes } = tried;
  const name = `${modelName}, ${taskName}, ${methodName}, seed ${seed}`;
  if (!works)
    return `${name}: fails: ${failure ? errorText(new MedpeftError(failure.code, failure.message, failure.hint)) : 'stopped'}`;
  const parts = [
    loss === undefined ? 'nothing to train' : `loss ${Number(loss.toPrecision(4))}`,
    ...(reloaded ? ['saved and loaded again'] : []),
    `${scored.join(', ')} scored`,
    ...(memoryBytes ? [bytes(memoryBytes)] : []),
  ];
  return `${name}: works: ${parts.join(', ')}`;
}
