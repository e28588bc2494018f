/** The Test Explorer: a spec is a suite, a run a test, an entry of `expect` a test below the runs it judges. */
import path from 'node:path';
import type { CancellationToken, Disposable, Event, TestController, TestItem, TestRunRequest } from 'vscode';
import { MedpeftError } from '../../runner/errors';
import { disposables } from '../disposables';
import { testControllerId } from '../ids';
import type { Launcher } from '../runner/launcher';
import type { RunStore, RunSummary } from '../runs/store';
import type { KnownSpec, SpecIndex } from '../specs';
import type { VsCode } from '../vscode';
import { createContinuous } from './continuous';
import { dryRunTests } from './dryRun';
import { evaluateTests } from './evaluate';
import { type ExecuteParts, execute } from './execute';
import { createMirror } from './mirror';
import type { TestedSpec } from './outline';
import { fill, markStale, type Suite } from './suite';

/** So long after the last change of a file its folder is taken to be whole. */
const settledMs = 500;

export interface TestsParts {
  vscode: VsCode;
  specs: SpecIndex;
  runs: RunStore;
  launcher: ExecuteParts['launcher'] & Pick<Launcher, 'ask'>;
  start: ExecuteParts['start'];
  /** Absolute paths of files that changed on disk, as they change. */
  onDidChangeFile: Event<string>;
  /** Plans a spec. Throws where it has errors. */
  read(specFile: string): Promise<TestedSpec>;
  cancel(run: RunSummary): Promise<void>;
}

export interface Tests extends Disposable {
  readonly controller: TestController;
}

export function createTests({
  vscode,
  specs,
  runs,
  launcher,
  start,
  read,
  cancel,
  onDidChangeFile,
}: TestsParts): Tests {
  const { l10n, TestRunProfileKind } = vscode;
  const held = disposables();
  const controller = held.add(vscode.tests.createTestController(testControllerId, l10n.t('MedPEFT')));
  /** Spec file -> suite, and item -> suite. */
  const suites = new Map<string, Suite>();
  const owners = new WeakMap<TestItem, Suite>();
  const claimed = new Set<string>();

  const find = (suite: Suite, runId: string) => {
    const folder = specs.get(suite.file)?.outputDir;
    return folder === undefined ? undefined : runs.get(path.join(folder, runId));
  };
  const mirror = held.add(createMirror({ vscode, controller, runs, suites: () => suites.values(), find, claimed }));

  const addSuite = (spec: KnownSpec) => {
    const item = controller.createTestItem(spec.uri.toString(), spec.name, spec.uri);
    item.description = path.basename(spec.file);
    item.canResolveChildren = true;
    const suite: Suite = { item, file: spec.file, reported: new Map() };
    suites.set(spec.file, suite);
    owners.set(item, suite);
    controller.items.add(item);
  };

  const plan = async (suite: Suite): Promise<void> => {
    const { item } = suite;
    item.busy = true;
    try {
      fill(vscode, controller, suite, await read(suite.file));
      item.error = undefined;
    } catch (error) {
      item.children.replace([]);
      suite.tested = undefined;
      item.error = problemText(error);
    } finally {
      item.busy = false;
    }
    mirror.look(suite);
    markStale(vscode, controller, suite, runs.ofSpec(suite.file));
  };

  const run = (request: TestRunRequest, token: CancellationToken) =>
    execute({ vscode, controller, runs, launcher, start, suiteOf, find, claimed, cancel }, request, token);
  const continuous = createContinuous(vscode, run);

  const planAnew = async (suite: Suite): Promise<void> => {
    await plan(suite);
    if (suite.tested) continuous.changed(suite);
  };

  /** Data and checkpoints are part of what a run is: those that were looked into are planned anew, a moment after the last of many changes. */
  const changed = new Set<Suite>();
  let timer: NodeJS.Timeout | undefined;
  const followFile = (file: string) => {
    const within = (folder: string) => file === folder || file.startsWith(folder + path.sep);
    // runs write their own JSON, perhaps into the folder of the data
    if (specs.outputDirs().some(within)) return;
    for (const suite of suites.values()) if (suite.tested?.uses.some(within)) changed.add(suite);
    if (changed.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const suite of changed) void planAnew(suite);
      changed.clear();
    }, settledMs);
  };

  /** Suites follow the specs; those that were looked into are planned anew when their file changed. */
  const followSpecs = async (touched: readonly string[]) => {
    for (const [file, suite] of suites) {
      if (specs.get(file)) continue;
      suites.delete(file);
      controller.items.delete(suite.item.id);
    }
    for (const spec of specs.list()) {
      const suite = suites.get(spec.file);
      if (!suite) addSuite(spec);
      else {
        suite.item.label = spec.name;
        if (touched.includes(spec.file) && (suite.tested || suite.item.error)) await planAnew(suite);
      }
    }
  };

  const suiteOf = async (item: TestItem): Promise<Suite | undefined> => {
    let root = item;
    while (root.parent) root = root.parent;
    const suite = owners.get(root);
    if (suite && !suite.tested) await plan(suite);
    return suite?.tested && suite;
  };

  controller.resolveHandler = async (item) => {
    await specs.ready;
    if (!item) return followSpecs([]);
    const suite = owners.get(item);
    if (suite) await plan(suite);
  };
  controller.refreshHandler = async () => {
    await runs.refresh();
    for (const suite of suites.values()) await plan(suite);
  };
  held.add(
    controller.createRunProfile(
      l10n.t('Run'),
      TestRunProfileKind.Run,
      async (request, token) => (request.continuous ? continuous.watch(request, token) : run(request, token)),
      true,
      undefined,
      true,
    ),
    controller.createRunProfile(l10n.t('Dry Run'), TestRunProfileKind.Run, (request, token) =>
      dryRunTests({ vscode, controller, ask: launcher.ask, suiteOf }, request, token),
    ),
    controller.createRunProfile(l10n.t('Evaluate'), TestRunProfileKind.Run, (request, token) =>
      evaluateTests({ vscode, controller, ask: launcher.ask, suiteOf, find }, request, token),
    ),
    specs.onDidChange((touched) => void followSpecs(touched)),
    onDidChangeFile(followFile),
    runs.onDidChange(() => {
      for (const suite of suites.values()) markStale(vscode, controller, suite, runs.ofSpec(suite.file));
    }),
    { dispose: () => clearTimeout(timer) },
  );
  return { controller, dispose: () => held.dispose() };
}

function problemText(error: unknown): string {
  if (error instanceof MedpeftError) return [`${error.code}: ${error.message}`, error.hint].filter(Boolean).join('\n');
  return (error as Error).message;
}
