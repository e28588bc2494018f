/** The Run profile: starts the runs behind the chosen tests and reports until all of them are over. */
import type { CancellationToken, TestController, TestItem, TestRun, TestRunRequest } from 'vscode';
import { eventsSize, readEvents } from '../../runner/runs';
import type { RunFilter } from '../runner/launch';
import type { Launch, Launcher } from '../runner/launcher';
import { eventText } from '../runs/eventText';
import { isActive, type RunStore, type RunSummary } from '../runs/store';
import type { VsCode } from '../vscode';
import { filtersFor } from './cover';
import { changes, nodesOf, report, type Suite } from './suite';

export interface ExecuteParts {
  vscode: VsCode;
  controller: TestController;
  runs: RunStore;
  launcher: Pick<Launcher, 'stop'>;
  /** Starts runs when it is their turn; undefined when they cannot start, which the user was told, or the token says stop before. */
  start(specFile: string, filter: RunFilter, token: CancellationToken): Promise<Launch | undefined>;
  /** The planned suite of a test item, planning it first if need be. */
  suiteOf(item: TestItem): Promise<Suite | undefined>;
  find(suite: Suite, runId: string): RunSummary | undefined;
  /** Items that a test run reports itself: the mirror leaves them alone. */
  claimed: Set<string>;
  cancel(run: RunSummary): Promise<void>;
}

export async function execute(parts: ExecuteParts, request: TestRunRequest, token: CancellationToken): Promise<void> {
  const testRun = parts.controller.createTestRun(request);
  try {
    const roots = request.include ?? [...parts.controller.items].map(([, item]) => item);
    for (const [suite, ids] of await chosen(parts, roots, request.exclude ?? [])) {
      if (token.isCancellationRequested) break;
      for (const id of ids) parts.claimed.add(id);
      try {
        await executeSuite(parts, testRun, suite, ids, token);
      } finally {
        for (const id of ids) parts.claimed.delete(id);
      }
    }
  } finally {
    testRun.end();
  }
}

/** Suite -> ids of the items to report. */
export async function chosen(
  { suiteOf }: Pick<ExecuteParts, 'suiteOf'>,
  roots: readonly TestItem[],
  exclude: readonly TestItem[],
): Promise<Map<Suite, Set<string>>> {
  const found = new Map<Suite, Set<string>>();
  for (const root of roots) {
    const suite = await suiteOf(root);
    if (!suite) continue;
    const ids = found.get(suite) ?? new Set();
    const visit = (item: TestItem) => {
      if (exclude.includes(item)) return;
      if (item !== suite.item) ids.add(item.id);
      for (const [, child] of item.children) visit(child);
    };
    visit(root);
    found.set(suite, ids);
  }
  return found;
}

async function executeSuite(
  parts: ExecuteParts,
  testRun: TestRun,
  suite: Suite,
  ids: ReadonlySet<string>,
  token: CancellationToken,
): Promise<void> {
  const { vscode, runs, launcher, start } = parts;
  const all = suite.tested?.runs ?? [];
  const wanted = new Set(
    nodesOf(suite)
      .filter(({ id }) => ids.has(id))
      .flatMap(({ node }) => node.runs),
  );
  const find = (runId: string) => parts.find(suite, runId);
  // a test that is run again is told anew, also if nothing has to be computed
  for (const id of ids) suite.reported.delete(id);
  const offsets = new Map<string, number>();

  let going: Launch | undefined;

  const follow = () => {
    for (const change of changes(suite, find, (id) => ids.has(id))) report(vscode, testRun, change);
    for (const run of all) if (wanted.has(run.id)) printNews(testRun, find(run.id), offsets);
  };
  for (const run of all) {
    const before = find(run.id);
    if (before && wanted.has(run.id)) offsets.set(before.folder, eventsSize(before.folder));
  }
  const listening = [
    runs.onDidChange(follow),
    token.onCancellationRequested(() => {
      if (going) launcher.stop(going);
      for (const id of wanted) {
        const run = find(id);
        if (run && isActive(run)) void parts.cancel(run);
      }
    }),
  ];
  try {
    for (const filter of filtersFor(all, wanted)) {
      if (token.isCancellationRequested) break;
      going = await start(suite.file, filter, token);
      if (!going) {
        testRun.appendOutput('Nothing was started.\r\n');
        break;
      }
      testRun.appendOutput(`process ${going.pid}, log: ${going.logFile}\r\n`);
      await going.ended;
    }
    // the watcher may be behind the end of the process
    await runs.refresh();
    follow();
  } finally {
    for (const one of listening) one.dispose();
  }
}

/** What is worth a line of the test's output: all but single steps. Test output wants CRLF. */
function printNews(testRun: TestRun, run: RunSummary | undefined, offsets: Map<string, number>): void {
  if (!run) return;
  const { events, offset } = readEvents(run.folder, offsets.get(run.folder) ?? 0);
  offsets.set(run.folder, offset);
  for (const event of events)
    if (event.type !== 'step')
      testRun.appendOutput(`${run.manifest.method}: ${eventText(event)}\r\n`.replace(/(?<!\r)\n/g, '\r\n'));
}
