/** The last part of a run: what was chosen meets the test and transfer splits, once, and the result is written. */
import type { MetricValues, RateChoice } from '../../schemas/generated/result';
import { fitBaselines, fitChatBaselines, fitTextBaselines, scoreBaselines } from '../metrics';
import { evaluate } from './evaluate';
import type { Setup } from './loop';
import { withCandidateCounts } from './ranking';
import { bestOf, type TrainingState } from './state';

const baselinesOf = { vqa: fitBaselines, report_generation: fitTextBaselines, instruction: fitChatBaselines };

/**
 * @param bestStep of the checkpoint whose tensors the model has by now
 * @param clock seconds of the run
 * @returns false if it was stopped
 */
export async function finish(
  { run, model, data, writer, counts, stop }: Setup,
  state: TrainingState,
  { bestStep, choice, clock }: { bestStep: number; choice?: RateChoice; clock(): number },
): Promise<boolean> {
  const { splits } = data;
  const metrics: Record<string, MetricValues> = {};
  for (const role of ['test', 'transfer'] as const)
    for (const [split, items] of splits[role]) {
      const began = clock();
      const scored = await evaluate(model, items, run, data, { stop });
      if (!scored) return false;
      metrics[split] = scored.metrics;
      writer.writePredictions(role, split, scored.predictions);
      const seconds = clock() - began;
      writer.append({ type: 'evaluation', step: bestStep, split, role, metrics: scored.metrics, seconds });
    }

  const onBlank: Record<string, MetricValues> = {};
  for (const [split, items] of splits.test) {
    // Chats about text alone have nothing to make black.
    if (items.every(({ image }) => image === undefined)) continue;
    const scored = await evaluate(model, items, run, { ...data, collate: data.collateBlank }, { stop });
    if (!scored) return false;
    onBlank[split] = scored.metrics;
  }

  const baselines = baselinesOf[run.task.type](data.trainAsScored);
  const tests = [...splits.test, ...splits.transfer].map(
    ([split, items]) => [split, withCandidateCounts(items, data.candidates)] as const,
  );
  const seconds = clock();
  const best = bestOf(state);
  writer.writeResult({
    format: 1,
    run: run.id,
    finished: new Date().toISOString(),
    metrics,
    ...(best ? { validation: best.metrics } : {}),
    ...(choice ? { rate_choice: choice } : {}),
    best_step: bestStep,
    baselines: scoreBaselines(baselines, new Map(tests), run.task.metrics),
    ...(Object.keys(onBlank).length > 0
      ? { controls: { blank_image: { description: 'every test image is black', metrics: onBlank } } }
      : {}),
    ...(Object.keys(data.skipped).length > 0 ? { skipped: data.skipped } : {}),
    counts,
    steps: state.step,
    seconds,
    training_seconds: state.trainingSeconds,
    // in kilobytes on every system
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
    ...(state.trainingSeconds > 0 ? { items_per_second: state.items / state.trainingSeconds } : {}),
  });
  writer.append({ type: 'run_finished', step: state.step, seconds });
  return true;
}
