/** Where the extension begins: each part is made once, in the order of what it stands on. */
import path from 'node:path';
import * as api from 'vscode';
import * as runFolders from '../runner/runs';
import { describeSpec, outputDirIfThere } from '../runner/spec';
import { registerCommands } from './commands';
import { showOpenedDemo } from './commands/demo';
import { createPickers } from './commands/pick';
import { environmentChecks } from './environment/checks';
import { startLanguageServer } from './languageClient';
import { registerLanguageModelTools } from './languageModelTools';
import { activeTarget, registerPanels, showEnvironment, showLivePanel, showResults } from './panels';
import { createReader } from './panels/reader';
import { withPlainMessages } from './plainMessages';
import { createLauncher } from './runner/launcher';
import { hostSearch } from './runner/node';
import { planSpec } from './runner/plan';
import { createRunQueue, offerWaiting } from './runner/queue';
import { cancelRun } from './runs/cancel';
import { createRunStore } from './runs/folderStore';
import { createRunLogs } from './runs/logs';
import { notifyWhenFinished } from './runs/notices';
import { createRunsView } from './runs/tree';
import type { Services } from './services';
import { createSettings } from './settings';
import { methodNames, taskNames } from './specFacts';
import { createSpecIndex } from './specs';
import { createStatusBar } from './statusBar';
import { createTests } from './tests';
import { watchDataFiles } from './tests/dataFiles';
import { readTestedSpec } from './tests/read';

/** What tests in the same extension host get from `activate`. */
export interface Api {
  services: Services;
  /** The language server answers and the workspace has been searched for specs. */
  ready: Promise<unknown>;
  tests: api.TestController;
}

export function activate(context: api.ExtensionContext): Api {
  const vscode = withPlainMessages(api);
  const log = vscode.window.createOutputChannel('MedPEFT', { log: true });
  const settings = createSettings(vscode);
  const cli = context.asAbsolutePath('dist/cli.js');
  const language = startLanguageServer(vscode, context.asAbsolutePath('dist/server.js'));

  const specs = createSpecIndex(vscode, describeSpec);
  const runs = createRunStore(vscode, specs, runFolders, (message) => log.warn(message), outputDirIfThere);
  const launcher = createLauncher({
    vscode,
    settings,
    log,
    cli,
    logFolder: path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'logs'),
    memory: context.workspaceState,
  });
  const queue = createRunQueue({
    vscode,
    launcher,
    room: () => settings.concurrency(),
    memory: context.workspaceState,
  });
  const logs = createRunLogs(vscode, runs);
  const services: Services = {
    runs,
    log,
    reader: createReader(context.asAbsolutePath('dist/thread.js')),
    checkEnvironment: () =>
      environmentChecks({
        search: hostSearch(settings.nodePath()),
        cli,
        specs: specs.list(),
        trusted: vscode.workspace.isTrusted,
      }),
  };

  const pick = createPickers({ vscode, specs, runs, launcher, memory: context.workspaceState, methodsOf: methodNames });
  const files = watchDataFiles(vscode);
  const tests = createTests({
    vscode,
    specs,
    runs,
    launcher,
    start: (specFile, filter, token) => queue.add({ specFile, filter }, token),
    read: (file) => readTestedSpec(file, (spec) => planSpec(cli, spec)),
    cancel: (run) => cancelRun({ vscode, runs, launcher, settings }, run),
    onDidChangeFile: files.onDidChange,
  });

  registerPanels(context, services);
  context.subscriptions.push(
    services.reader,
    ...registerCommands({
      vscode,
      context,
      services,
      settings,
      launcher,
      queue,
      pick,
      logs,
      tasksOf: taskNames,
      panels: { activeTarget, showEnvironment, showLivePanel, showResults },
      language,
    }),
    ...registerLanguageModelTools(vscode),
    createRunsView({ vscode, specs, runs, launcher, queue }),
    createStatusBar(vscode, runs),
    notifyWhenFinished({ vscode, runs, launcher, settings }),
    tests,
    files,
    logs,
    queue,
    launcher,
    runs,
    specs,
    language,
    log,
  );
  void showOpenedDemo(vscode, context.globalState);
  void offerWaiting(vscode, queue, launcher);
  const ready = Promise.all([language.ready, specs.ready]);
  // whoever waits for it sees a failure; the user was told of it
  ready.catch(() => {});
  return { services, ready, tests: tests.controller };
}
