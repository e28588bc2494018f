/** Every command of the extension, one line each. Titles, icons and where they show stand in package.json. */
import type { Disposable, ExtensionContext } from 'vscode';
import type { CommandId } from '../ids';
import type { LanguageServer } from '../languageClient';
import { dryRunSpec } from '../runner/dryRun';
import type { Launcher } from '../runner/launcher';
import type { RunQueue, StartRequest } from '../runner/queue';
import { cancelExperiment, cancelRun } from '../runs/cancel';
import { evaluateRun } from '../runs/evaluate';
import type { RunLogs } from '../runs/logs';
import { deleteRun } from '../runs/remove';
import { isActive, type RunSummary } from '../runs/store';
import type { Panels, PanelTarget, Services } from '../services';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import { openDemo } from './demo';
import type { Pickers } from './pick';
import { revealFolder } from './reveal';
import { targetOf } from './target';

export interface CommandParts {
  vscode: VsCode;
  context: ExtensionContext;
  services: Services;
  settings: Settings;
  launcher: Launcher;
  queue: RunQueue;
  pick: Pickers;
  logs: RunLogs;
  /** Names of a spec's tasks. */
  tasksOf(specFile: string): string[];
  panels: Panels;
  language: Pick<LanguageServer, 'restart' | 'showLog'>;
}

type Handlers = Record<CommandId, (argument?: unknown) => unknown>;

export function registerCommands(parts: CommandParts): Disposable[] {
  return Object.entries(handlers(parts)).map(([id, handler]) => parts.vscode.commands.registerCommand(id, handler));
}

function handlers({
  vscode,
  context,
  services,
  settings,
  launcher,
  queue,
  pick,
  logs,
  tasksOf,
  panels,
  language,
}: CommandParts): Handlers {
  const { runs, log } = services;
  const { t } = vscode.l10n;

  /** Starts runs and shows them; a click while the same goes on or waits only shows them. */
  const start = async (request: StartRequest) => {
    if (!queue.has(request)) {
      const started = queue.add(request);
      const place = queue.waiting().length;
      if (place > 0) void vscode.window.showInformationMessage(t('It waits in the queue, in place {0}.', place));
      else if (!(await started)) return;
    }
    const { specFile, resume } = request;
    await panels.showLivePanel(context, services, resume ? { folder: resume } : { specFile });
  };

  /** The run that the command was called on, else the user's choice. */
  const runFor = async (argument: unknown, fits: (run: RunSummary) => boolean, none: string) => {
    const { folder, specFile } = targetOf(argument);
    if (folder) return runs.get(folder);
    return pick.run((run) => fits(run) && (!specFile || runs.specOf(run) === specFile), none);
  };

  /** What the command was called on, else what the user looks at; neither leaves it to the panel. */
  const shownFor = (argument: unknown): PanelTarget => {
    const { folder, specFile } = targetOf(argument);
    if (folder || specFile) return { folder, specFile };
    return panels.activeTarget() ?? { specFile: pick.openSpec() };
  };

  return {
    'medpeft.run': async (argument) => {
      const target = targetOf(argument);
      const specFile = target.specFile ?? (await pick.spec());
      if (specFile) await start({ specFile, filter: target.methods && { methods: target.methods } });
    },
    'medpeft.runMethod': async (argument) => {
      const specFile = targetOf(argument).specFile ?? (await pick.spec());
      const methods = specFile && (await pick.methods(specFile));
      if (specFile && methods) await start({ specFile, filter: { methods } });
    },
    'medpeft.dryRun': async (argument) => {
      const { specFile = await pick.spec(), methods } = targetOf(argument);
      if (specFile) await dryRunSpec({ vscode, launcher }, specFile, { methods });
    },
    'medpeft.cancel': async (argument) => {
      const parts = { vscode, runs, launcher, queue, settings };
      const target = targetOf(argument);
      if (target.waiting !== undefined) return queue.remove(target.waiting);
      const { folder, specFile } = target.folder || target.specFile ? target : ((await pick.active()) ?? {});
      const run = folder && runs.get(folder);
      if (run) await cancelRun(parts, run);
      else if (specFile) await cancelExperiment(parts, specFile);
    },
    'medpeft.resume': async (argument) => {
      const run = await runFor(argument, canResume, t('No run was stopped before its end.'));
      if (!run) return;
      const [specFile, started] = [runs.specOf(run), run.manifest.spec?.file];
      // its manifest says where model and data were: where the spec was moved, that says where they are
      const moved = started !== undefined && started !== specFile;
      await start({ specFile, ...(moved ? { filter: { only: [run.id] } } : { resume: run.folder }) });
    },
    'medpeft.rerun': async (argument) => {
      const run = await runFor(argument, (one) => !isActive(one), t('There are no runs yet.'));
      if (!run || !(await deleteRun(vscode, runs, run, t('Run Again')))) return;
      const { model, task, method, seed } = run.manifest;
      await start({ specFile: runs.specOf(run), filter: { model, task, methods: [method], seeds: [seed] } });
    },
    'medpeft.deleteRun': async (argument) => {
      const run = await runFor(argument, (one) => !isActive(one), t('There are no runs yet.'));
      if (run) await deleteRun(vscode, runs, run, t('Delete'));
    },
    'medpeft.evaluate': async (argument) => {
      const run = await runFor(argument, ({ state }) => state === 'finished', t('No run is finished yet.'));
      if (run) await evaluateRun({ vscode, runs, launcher, tasksOf }, run);
    },
    'medpeft.startNow': (argument) => queue.startNow(waitingOf(argument)),
    'medpeft.queueUp': (argument) => queue.move(waitingOf(argument), -1),
    'medpeft.queueDown': (argument) => queue.move(waitingOf(argument), 1),
    'medpeft.showResults': (argument) => panels.showResults(context, services, shownFor(argument)),
    'medpeft.showLive': (argument) => panels.showLivePanel(context, services, shownFor(argument)),
    'medpeft.openRunFolder': async (argument) => {
      const run = await runFor(argument, () => true, t('There are no runs yet.'));
      if (run) await revealFolder(vscode, run.folder);
    },
    'medpeft.showLog': async (argument) => {
      const { folder, specFile } = targetOf(argument);
      const logFile = specFile && launcher.lastLog(specFile);
      if (folder) logs.show(folder);
      else if (logFile) await vscode.window.showTextDocument(vscode.Uri.file(logFile));
      else log.show();
    },
    'medpeft.copyCommand': async (argument) => {
      const { folder, specFile } = shownFor(argument);
      const run = folder === undefined ? undefined : runs.get(folder);
      const spec = run ? runs.specOf(run) : (specFile ?? (await pick.spec()));
      if (!spec) return;
      const text = await launcher.commandLine(run ? ['resume', run.folder] : ['run', spec]);
      await vscode.env.clipboard.writeText(text);
      void vscode.window.setStatusBarMessage(t('Copied: {0}', text), 5000);
    },
    'medpeft.refreshRuns': () => runs.refresh(),
    'medpeft.showEnvironment': () => panels.showEnvironment(context, services),
    'medpeft.openDemo': () => openDemo(vscode, context),
    'medpeft.getStarted': () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        `${context.extension.id}#medpeft.start`,
        false,
      ),
    'medpeft.restartLanguageServer': () => language.restart(),
    'medpeft.showLanguageServerLog': () => language.showLog(),
  };
}

function canResume({ state }: RunSummary): boolean {
  return state === 'cancelled' || state === 'interrupted' || state === 'failed';
}

/** Number of the start in the queue that a menu was opened on; none has this number otherwise. */
function waitingOf(argument: unknown): number {
  return targetOf(argument).waiting ?? Number.NaN;
}
