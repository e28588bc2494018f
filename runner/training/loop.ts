/** The training loop, from the first step to the last score. */
import type { ParameterCounts } from '../../schemas/generated/manifest';
import type { MetricValues } from '../../schemas/generated/result';
import { orderOf } from '../data/order';
import type { Selection } from '../methods/types';
import { fitBaselines, fitTextBaselines, scoreBaselines } from '../metrics';
import type { LossSettings, Model } from '../models/types';
import type { PlannedRun } from '../plan/types';
import type { RunWriter } from '../runs';
import { writeAdapter } from './adapter';
import { begin, type Environment } from './begin';
import { calendarOf } from './calendar';
import { loadTensors, pruneCheckpoints, saveCheckpoint } from './checkpoint';
import { evaluate, selectionScore } from './evaluate';
import { checkMoved, fingerprint, someNames } from './fingerprint';
import { startPace } from './pace';
import { ratesOf } from './rates';
import type { RunData } from './run_data';
import { scheduleOf } from './schedule';
import { takeStep } from './step';

export interface Setup {
  run: PlannedRun;
  model: Model;
  selection: Selection;
  data: RunData;
  writer: RunWriter;
  counts: ParameterCounts;
  environment: Environment;
  /** Whether the run has begun before. */
  resumes: boolean;
  /** Asked between batches: is it to stop gracefully? */
  stop(): boolean;
}

/** The loss that a task asks for; MISS smooths its labels by 0.1, Hugging Face does not. */
export function lossOf({ loss = 'hf', label_smoothing }: PlannedRun['task']): LossSettings {
  return { kind: loss, labelSmoothing: label_smoothing ?? (loss === 'miss' ? 0.1 : 0) };
}

/**
 * Trains, chooses the best checkpoint on validation, and scores that one once on test and transfer.
 * @throws MP4001 the folder, MP4005 numbers, MP4006 what moved, and the errors of model and data
 */
export async function trainAndScore(setup: Setup): Promise<'finished' | 'cancelled'> {
  const { run, model, data, writer, counts, environment, stop } = setup;
  const { training, task } = run;
  const { splits } = data;

  const order = model.trainables.length > 0 ? orderOf(splits.train, training, run.seed) : undefined;
  const untouched = order && fingerprint(model);
  const { state, moments } = await begin({ id: run.id, writer, model }, { order, counts, environment }, setup.resumes);
  for (const warning of data.warnings) writer.append({ type: 'warning', ...warning });

  const gradientSeen = new Set(state.gradientSeen);
  const clock = startClock(state.seconds);
  const pace = startPace();
  const cancelled = () => {
    writer.append({ type: 'run_cancelled', step: state.step });
    return 'cancelled' as const;
  };
  const evaluateValidation = async () => {
    const began = clock();
    const scored = await evaluate(model, splits.validation, run, data, stop);
    if (!scored) return false;
    pace.evaluation(clock() - began, splits.validation.length);
    const score = selectionScore(scored, task);
    const best = state.best === undefined || score > state.best.score;
    if (best) state.best = { step: state.step, score, metrics: scored.metrics };
    state.evaluatedStep = state.step;
    writer.append({
      type: 'evaluation',
      step: state.step,
      split: 'validation',
      role: 'validation',
      metrics: scored.metrics,
      ...(order ? { best } : {}),
      seconds: clock() - began,
    });
    return best;
  };

  if (order) {
    const { totalSteps } = order;
    const calendar = calendarOf(order, training, splits.validation.length > 0);
    const rates = ratesOf(run, model.trainables);
    const peak = Math.max(...[...rates.values()].map(({ rate }) => rate));
    const factorAt = scheduleOf(training, totalSteps, peak);
    const testItems = [...splits.test.values(), ...splits.transfer.values()].flat().length;

    for (let savedStep = state.step; ; ) {
      // score and keep what the steps so far have reached
      const evaluates = state.evaluatedStep < state.step && calendar.evaluationDue(state.step);
      const isBest = evaluates && (await evaluateValidation());
      const stopping = stop();
      if (savedStep < state.step && (isBest || stopping || calendar.saveDue(state.step))) {
        Object.assign(state, { seconds: clock(), gradientSeen: [...gradientSeen].sort() });
        const written = await saveCheckpoint(writer.folder, model.trainables, moments, state);
        writer.append({ type: 'checkpoint', step: state.step, best: isBest, ...written });
        pruneCheckpoints(writer.folder, state.best?.step);
        savedStep = state.step;
      }
      if (stopping) return cancelled();
      if (state.step === totalSteps) break;

      // one optimiser step
      const began = clock();
      const batches = [];
      for (const items of order.microBatches(state.step)) batches.push(await data.collate(items));
      const factor = factorAt(state.step);
      const done = await takeStep(model, batches, {
        step: state.step + 1,
        factor,
        loss: lossOf(task),
        training,
        rates,
        moments,
        gradientSeen,
      });
      state.step++;
      state.items += done.items;
      state.trainingSeconds += clock() - began;
      pace.step(clock() - began, done.items);
      if (state.step % training.logging_steps === 0 || state.step === totalSteps)
        writer.append({
          type: 'step',
          step: state.step,
          epoch: order.epochs(state.step),
          loss: done.loss,
          learning_rate: peak * factor,
          gradient_norm: done.gradientNorm,
          target_tokens: done.targetTokens,
          items: done.items,
          items_per_second: pace.itemsPerSecond(),
          seconds: clock(),
          seconds_left: pace.secondsLeft({
            steps: totalSteps - state.step,
            evaluationItems: testItems + splits.validation.length * calendar.evaluationsAfter(state.step),
          }),
          memory_bytes: process.memoryUsage.rss(),
        });
    }
  } else if (splits.validation.length > 0) {
    await evaluateValidation();
    if (stop()) return cancelled();
  }

  const bestStep = state.best?.step ?? state.step;
  if (untouched) {
    const still = checkMoved(untouched, fingerprint(model), gradientSeen);
    if (still.length > 0 && gradientSeen.size > 0)
      writer.append({
        type: 'warning',
        code: 'MP4006',
        message: `${still.length} tuned tensors did not move, since their gradient was always zero: ${someNames(still)}`,
        hint: 'they have no part in the loss; leave them out of the method',
      });
    if (bestStep !== state.step) loadTensors(writer.folder, bestStep, model.trainables);
    writeAdapter(writer.folder, run, setup.selection, model.trainables);
  }

  // only now, and only the best: test and transfer
  const metrics: Record<string, MetricValues> = {};
  for (const role of ['test', 'transfer'] as const)
    for (const [split, items] of splits[role]) {
      const began = clock();
      const scored = await evaluate(model, items, run, data, stop);
      if (!scored) return cancelled();
      metrics[split] = scored.metrics;
      writer.writePredictions(role, split, scored.predictions);
      writer.append({
        type: 'evaluation',
        step: bestStep,
        split,
        role,
        metrics: scored.metrics,
        seconds: clock() - began,
      });
    }

  const baselines = (task.type === 'report_generation' ? fitTextBaselines : fitBaselines)(data.trainAsScored);
  const seconds = clock();
  writer.writeResult({
    format: 1,
    run: run.id,
    finished: new Date().toISOString(),
    metrics,
    ...(state.best ? { validation: state.best.metrics } : {}),
    best_step: bestStep,
    baselines: scoreBaselines(baselines, new Map([...splits.test, ...splits.transfer]), task.metrics),
    counts,
    steps: state.step,
    seconds,
    training_seconds: state.trainingSeconds,
    // in kilobytes on every system
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
    ...(state.trainingSeconds > 0 ? { items_per_second: state.items / state.trainingSeconds } : {}),
  });
  writer.append({ type: 'run_finished', step: state.step, seconds });
  return 'finished';
}

/** Seconds on a clock that went on from `from`. */
function startClock(from: number): () => number {
  const began = performance.now();
  return () => from + (performance.now() - began) / 1000;
}
