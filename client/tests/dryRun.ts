/** The Dry Run profile: whether the runs behind the chosen tests would work, each tried on a few items. Expectations are skipped: nothing is scored in full. */
import path from 'node:path';
import type { CancellationToken, TestController, TestRunRequest } from 'vscode';
import { dryRunArguments } from '../runner/launch';
import type { Launcher } from '../runner/launcher';
import type { VsCode } from '../vscode';
import { chosen, type ExecuteParts } from './execute';
import { findItem, nodesOf, report } from './suite';

export interface DryRunParts {
  vscode: VsCode;
  controller: TestController;
  ask: Launcher['ask'];
  suiteOf: ExecuteParts['suiteOf'];
}

export async function dryRunTests(
  { vscode, controller, ask, suiteOf }: DryRunParts,
  request: TestRunRequest,
  token: CancellationToken,
): Promise<void> {
  // it says nothing about results: those stay as they were told
  const testRun = controller.createTestRun(request, vscode.l10n.t('Dry Run'), false);
  try {
    const roots = request.include ?? [...controller.items].map(([, item]) => item);
    for (const [suite, ids] of await chosen({ suiteOf }, roots, request.exclude ?? [])) {
      for (const { id, node } of nodesOf(suite)) {
        const item = findItem(suite.item, id);
        const run = node.kind === 'run' ? suite.tested?.runs.find((one) => one.id === node.runs[0]) : undefined;
        if (!item || !ids.has(id) || token.isCancellationRequested) continue;
        if (!run) {
          testRun.skipped(item);
          continue;
        }
        testRun.started(item);
        const { id: only, model, task, method, seed, sweep = {} } = run;
        const point = Object.keys(sweep).length > 0 ? { only: [only] } : {};
        const args = dryRunArguments(suite.file, { model, task, methods: [method], seeds: [seed], ...point });
        const answer = await ask(args, path.dirname(suite.file), token);
        if (answer) testRun.appendOutput(`${answer.lastWords}\n`.replace(/(?<!\r)\n/g, '\r\n'));
        if (!answer || answer.stopped) testRun.skipped(item);
        else if (answer.code === 0) testRun.passed(item);
        else report(vscode, testRun, { item, outcome: { state: 'errored', message: answer.lastWords } });
      }
    }
  } finally {
    testRun.end();
  }
}
