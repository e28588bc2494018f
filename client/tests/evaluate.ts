/** The Evaluate profile: scores the finished runs behind the chosen tests again, and judges their expectations by what comes out. Nothing is trained or written. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CancellationToken, TestController, TestRunRequest } from 'vscode';
import type { Result } from '../../schemas/generated/result';
import type { Answer, Launcher } from '../runner/launcher';
import type { RunSummary } from '../runs/store';
import type { VsCode } from '../vscode';
import { chosen, type ExecuteParts } from './execute';
import { outcomes } from './outcome';
import { findItem, nodesOf, report, type Suite } from './suite';

export interface EvaluateParts {
  vscode: VsCode;
  controller: TestController;
  ask: Launcher['ask'];
  suiteOf: ExecuteParts['suiteOf'];
  find(suite: Suite, runId: string): RunSummary | undefined;
}

export async function evaluateTests(
  { vscode, controller, ask, suiteOf, find }: EvaluateParts,
  request: TestRunRequest,
  token: CancellationToken,
): Promise<void> {
  const testRun = controller.createTestRun(request, vscode.l10n.t('Evaluate'), false);
  try {
    const roots = request.include ?? [...controller.items].map(([, item]) => item);
    for (const [suite, ids] of await chosen({ suiteOf }, roots, request.exclude ?? [])) {
      const { tested } = suite;
      if (!tested) continue;
      const nodes = nodesOf(suite).filter(({ id }) => ids.has(id));
      const fresh = new Map<string, Result['metrics']>();
      const problems = new Map<string, string>();
      for (const runId of new Set(nodes.flatMap(({ node }) => node.runs))) {
        const run = find(suite, runId);
        if (!run?.result || token.isCancellationRequested) continue;
        const item = nodes.find(({ node }) => node.kind === 'run' && node.runs[0] === runId);
        const shown = item && findItem(suite.item, item.id);
        if (shown) testRun.started(shown);
        const answer = await ask(['evaluate', run.folder, '--json'], path.dirname(suite.file), token);
        if (!answer || answer.stopped) continue;
        const metrics = metricsOf(answer);
        if (metrics) fresh.set(runId, metrics);
        else problems.set(runId, answer.lastWords);
        const said = metrics ? scoresText(run, metrics) : `${run.manifest.method}: ${answer.lastWords}`;
        testRun.appendOutput(`${said}\n`.replace(/(?<!\r)\n/g, '\r\n'));
      }
      const now = outcomes(tested, (id) => {
        const run = find(suite, id);
        const metrics = fresh.get(id);
        return run?.result && metrics ? { ...run, result: { ...run.result, metrics } } : run;
      });
      for (const { id, node } of nodes) {
        const item = findItem(suite.item, id);
        if (!item) continue;
        const problem = node.runs.map((run) => problems.get(run)).find(Boolean);
        const outcome = now.get(node.key)!;
        const scored = node.runs.length > 0 && node.runs.every((run) => fresh.has(run)) && outcome.state !== 'none';
        if (problem) report(vscode, testRun, { item, outcome: { state: 'errored', message: problem } });
        else if (scored) report(vscode, testRun, { item, outcome });
        // what was not scored anew says nothing here
        else testRun.skipped(item);
      }
    }
  } finally {
    testRun.end();
  }
}

/** What the process printed as JSON; undefined where it failed. */
function metricsOf({ code, logFile }: Answer): Result['metrics'] | undefined {
  if (code !== 0) return undefined;
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as { metrics: Result['metrics'] }).metrics;
}

/** `layernorm, rad/test: exact_match 0.378 (n = 119)` */
function scoresText({ manifest }: RunSummary, metrics: Result['metrics']): string {
  return Object.entries(metrics)
    .map(([split, values]) => {
      const each = Object.entries(values).map(([id, { value, n }]) => `${id} ${value?.toFixed(3) ?? '–'} (n = ${n})`);
      return `${manifest.method}, ${split}: ${each.join(', ')}`;
    })
    .join('\n');
}
