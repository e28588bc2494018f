/** Runs that were started elsewhere (a terminal, another window, before a reload) turn the Test Explorer as well. */
import type { Disposable, TestController, TestRun } from 'vscode';
import { isActive, type RunStore, type RunSummary } from '../runs/store';
import type { VsCode } from '../vscode';
import { changes, report, type Suite } from './suite';

export interface MirrorParts {
  vscode: VsCode;
  controller: TestController;
  runs: RunStore;
  suites(): Iterable<Suite>;
  find(suite: Suite, runId: string): RunSummary | undefined;
  claimed: ReadonlySet<string>;
}

export interface Mirror extends Disposable {
  /** Reports what is new of a suite. */
  look(suite: Suite): void;
}

export function createMirror({ vscode, controller, runs, suites, find, claimed }: MirrorParts): Mirror {
  /** A test run for each suite of which something goes on; VS Code keeps no record of it, the run folders do. */
  const open = new Map<Suite, TestRun>();

  const look = (suite: Suite) => {
    const news = changes(
      suite,
      (runId) => find(suite, runId),
      (id) => !claimed.has(id),
    );
    let testRun = open.get(suite);
    try {
      // a run whose folder was deleted: what was told of it is of the past
      for (const { item, outcome } of news) if (outcome.state === 'none') controller.invalidateTestResults(item);
      if (news.some(({ outcome }) => outcome.state !== 'none')) {
        testRun ??= controller.createTestRun(new vscode.TestRunRequest(), suite.item.label, false);
        open.set(suite, testRun);
        for (const change of news) report(vscode, testRun, change);
      }
    } finally {
      const going = suite.tested?.runs.some((run) => {
        const found = find(suite, run.id);
        return found !== undefined && isActive(found);
      });
      if (testRun && !going) {
        testRun.end();
        open.delete(suite);
      }
    }
  };

  const listening = runs.onDidChange(() => {
    for (const suite of suites()) look(suite);
  });
  return {
    look,
    dispose: () => {
      listening.dispose();
      for (const testRun of open.values()) testRun.end();
      open.clear();
    },
  };
}
