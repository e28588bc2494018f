/** Expectations as lines of text, beneath a comparison. */
import type { Expectation } from '../../schemas/generated/spec';
import { checkExpectations, type ExpectedRun } from './expectations';

/** A line for each check that some of these runs are judged by; empty where the spec expects nothing of them. */
export function renderExpectations(expectations: readonly Expectation[], runs: readonly ExpectedRun[]): string {
  const lines = checkExpectations(expectations, runs)
    .filter((check) => check.runs.length > 0)
    .map(({ status, runs: ids, message }) => {
      const judged = runs.filter(({ id }) => ids.includes(id));
      const seeds = judged.map(({ seed }) => seed).join(', ');
      const who = `${judged[0]!.method}, seed${judged.length > 1 ? 's' : ''} ${seeds}`;
      return `  ${status.padEnd(7)}  ${who}: ${message}`;
    });
  return lines.length === 0 ? '' : `\nExpectations:\n${lines.join('\n')}\n`;
}
