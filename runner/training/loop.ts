/** The training loop, from the first step to the choice of what meets the test set. */
import type { ParameterCounts } from '../../schemas/generated/manifest';
import { type Order, orderOf } from '../data/order';
import type { Batch } from '../data/types';
import { MedpeftError } from '../errors';
import type { Selection } from '../methods/types';
import type { PlannedRun } from '../plan/types';
import type { RunWriter } from '../runs';
import { writeAdapter } from './adapter';
import { begin } from './begin';
import { calendarOf } from './calendar';
import { beginAnew, loadBest, pruneCheckpoints, saveCheckpoint } from './checkpoint';
import { evaluate, selectionScore } from './evaluate';
import { fingerprint } from './fingerprint';
import { finish } from './finish';
import { unlessInterrupted } from './interrupt';
import { lossOf } from './loss';
import type { TrainedModel } from './not_finite';
import { startClock, startPace } from './pace';
import type { RunData } from './run_data';
import { bestOf, type Environment } from './state';
import { takeStep } from './step';
import { stepEvent } from './step_event';
import { chooseRate, edgeWarnings, giveUp, type Trial, trialsOf } from './trials';
import { type Warning, watchTrial } from './watch';

export interface Setup {
  run: PlannedRun;
  model: TrainedModel;
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

/**
 * Trains with each candidate rate (mostly there is one), chooses the best checkpoint on validation, and scores that one once on test and
 * transfer.
 * @throws MP4001 the folder, MP4005 numbers, MP4006 what moved, MP4011 divergence, and the errors of model and data
 */
export async function trainAndScore(setup: Setup): Promise<'finished' | 'cancelled'> {
  const { run, model, data, writer, stop } = setup;
  const { splits } = data;
  const { training, task } = run;
  const order = model.trainables.length > 0 ? orderOf(splits.train, training, run.seed) : undefined;
  const untouched = order && fingerprint(model);
  const { state, moments } = await begin(setup, order);
  const clock = startClock(state.seconds);
  const pace = startPace();
  const warn = (warnings: readonly Warning[]) => {
    for (const warning of warnings) writer.append({ type: 'warning', step: state.step, ...warning });
  };
  const cancelled = () => {
    writer.append({ type: 'run_cancelled', step: state.step });
    return 'cancelled' as const;
  };

  /** Scores validation. @returns whether this is the best of the trial */
  const validate = async (): Promise<boolean> => {
    const began = clock();
    const scored = await evaluate(model, splits.validation, run, data, { stop, withLoss: true });
    if (!scored) return false;
    const { metrics, loss } = scored;
    if (!Number.isFinite(loss))
      throw new MedpeftError(
        'MP4005',
        `the validation loss is not a finite number after step ${state.step}`,
        'lower the learning rate or lengthen the warm-up',
      );
    pace.evaluation(clock() - began, splits.validation.length);
    const trial = state.trials[state.trial]!;
    const score = selectionScore(scored, task);
    const before = bestOf(state);
    const improves = trial.best === undefined || score > trial.best.score;
    if (improves) trial.best = { step: state.step, score, metrics };
    state.evaluatedStep = state.step;
    writer.append({
      type: 'evaluation',
      step: state.step,
      split: 'validation',
      role: 'validation',
      metrics,
      loss,
      ...(trial.candidate === undefined ? {} : { candidate: trial.candidate }),
      ...(order ? { best: before === undefined || score > before.score } : {}),
      seconds: clock() - began,
    });
    return improves;
  };

  /** One training, from where it stands to its last step. @returns false if it was stopped */
  const train = async (trial: Trial, { totalSteps, microBatches }: Order, last: number): Promise<boolean> => {
    const calendar = calendarOf(order!, training, splits.validation.length > 0);
    const own = state.trials[trial.index]!;
    const watch = watchTrial(model, own, untouched!, training);
    if (state.step === trial.begin) warn(watch.begin(trial.rates));

    for (let savedStep = state.step; ; ) {
      // score and keep what the steps so far have reached
      const evaluates = state.evaluatedStep < state.step && calendar.evaluationDue(state.step - trial.begin);
      const isBest = evaluates && (await validate());
      const stopping = stop();
      if (savedStep < state.step && (isBest || stopping || calendar.saveDue(state.step - trial.begin))) {
        state.seconds = clock();
        const written = await saveCheckpoint(writer.folder, model.trainables, moments, state);
        writer.append({ type: 'checkpoint', step: state.step, best: isBest, ...written });
        pruneCheckpoints(writer.folder, state);
        savedStep = state.step;
      }
      if (stopping) return false;
      if (state.step === trial.end) break;

      // one optimiser step
      const began = clock();
      const taken = state.step - trial.begin;
      const factor = trial.factorAt(taken);
      const batches: Batch[] = [];
      for (const items of microBatches(taken)) batches.push(await data.collate(items));
      const settings = {
        seed: run.seed,
        step: state.step + 1,
        taken,
        factor,
        loss: lossOf(task),
        training,
        moments,
        movement: own,
      };
      const done = await unlessInterrupted(() => takeStep(model, batches, { ...settings, rates: trial.rates }));
      if (!done) continue;
      state.step++;
      state.items += done.items;
      state.trainingSeconds += clock() - began;
      pace.step(clock() - began, done.items);
      if (state.step % training.logging_steps === 0 || state.step === trial.end) {
        const evaluations = calendar.evaluationsAfter(taken + 1) + (last - trial.index) * calendar.evaluationsAfter(0);
        const evaluationItems = testItems + splits.validation.length * evaluations;
        const steps = (last + 1) * totalSteps - state.step;
        const times = { seconds: clock(), seconds_left: pace.secondsLeft({ steps, evaluationItems }) };
        writer.append(stepEvent(model.trainables, { state, trial, order: order!, factor }, done, pace, times));
      }
      warn(watch.step(taken + 1, done.loss));
    }
    warn(watch.end());
    return true;
  };
  const testItems = [...splits.test.values(), ...splits.transfer.values()].flat().length;

  for (const warning of data.warnings) writer.append({ type: 'warning', ...warning });
  if (order) {
    const trials = trialsOf(run, order, model.trainables);
    for (const trial of trials.slice(state.trial)) {
      if (trial.index > state.trial) {
        state.trial = trial.index;
        beginAnew(writer.folder, model.trainables, moments);
      }
      try {
        if (!(await train(trial, order, trials.length - 1))) return cancelled();
      } catch (error) {
        warn([giveUp(trial, state, error)]);
      }
    }
  } else if (splits.validation.length > 0) {
    await validate();
    if (stop()) return cancelled();
  }

  // the choice is made on validation alone; only now, and only the best meets test and transfer
  const choice = order && chooseRate(state, task.select_by ?? task.metrics[0]!);
  if (choice) {
    writer.append({ type: 'learning_rate_chosen', step: state.step, choice });
    warn(edgeWarnings(choice));
  }
  const bestStep = bestOf(state)?.step ?? state.step;
  if (order) {
    if (bestStep !== state.step) await loadBest(writer.folder, bestStep, model.trainables);
    writeAdapter(writer.folder, run, setup.selection, model);
  }
  return (await finish(setup, state, { bestStep, choice, clock })) ? 'finished' : cancelled();
}
