/** What the Test Explorer says of a run or an expectation, judged from run folders alone. Pure. */
import { checkExpectations, type ExpectationCheck } from '../../runner/reports/expectations';
import { failureReason } from '../runs/describe';
import type { RunSummary } from '../runs/store';
import { checkKey, outline, type TestedSpec, type TestNode } from './outline';

export type Outcome =
  | { state: 'none' | 'enqueued' | 'started' | 'skipped' }
  | { state: 'passed'; seconds?: number }
  | { state: 'failed'; message: string; expected: string; actual: string }
  | { state: 'errored'; message: string; hint?: string };

/** @returns an outcome for the key of each node */
export function outcomes(spec: TestedSpec, find: (runId: string) => RunSummary | undefined): Map<string, Outcome> {
  const runs = spec.runs.map((run) => ({ ...run, result: find(run.id)?.result }));
  const checks = new Map(
    checkExpectations(spec.expectations, runs).map((check) => [checkKey(check, spec.runs), check]),
  );
  const found = new Map<string, Outcome>();
  const judge = (node: TestNode) => {
    const check = checks.get(node.key);
    found.set(node.key, check ? checkOutcome(check, find) : runOutcome(find(node.runs[0]!)));
    node.children.forEach(judge);
  };
  outline(spec).forEach(judge);
  return found;
}

function runOutcome(run: RunSummary | undefined): Outcome {
  switch (run?.state) {
    case undefined:
      return { state: 'none' };
    case 'queued':
      return { state: 'enqueued' };
    case 'running':
      return { state: 'started' };
    case 'finished':
      return { state: 'passed', seconds: run.result?.seconds };
    case 'cancelled':
      return { state: 'skipped' };
    case 'failed': {
      const reason = failureReason(run);
      if (!reason) return { state: 'errored', message: 'The run failed.' };
      return { state: 'errored', message: `${reason.code}: ${reason.message}`, hint: reason.hint };
    }
    case 'interrupted':
      return {
        state: 'errored',
        message: 'MP4008: The process of the run ended without a word.',
        hint: 'Resume it: it goes on from its last checkpoint.',
      };
  }
}

function checkOutcome(check: ExpectationCheck, find: (runId: string) => RunSummary | undefined): Outcome {
  switch (check.status) {
    case 'passed':
      return { state: 'passed' };
    case 'failed':
      return { state: 'failed', message: check.message, expected: check.expected, actual: check.actual ?? '' };
    case 'missing':
      return { state: 'errored', message: check.message };
    case 'pending': {
      const states = check.runs.map((id) => find(id)?.state);
      if (states.includes('running')) return { state: 'started' };
      if (states.includes('queued')) return { state: 'enqueued' };
      // a run that stopped early will not bring the number; the reason stands at the run
      if (states.some((state) => state === 'failed' || state === 'interrupted' || state === 'cancelled'))
        return { state: 'skipped' };
      return { state: 'none' };
    }
  }
}
