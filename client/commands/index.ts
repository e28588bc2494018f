/** Every command of the extension, one line each. Titles, icons and where they show stand in package.json. */
import type { Disposable, ExtensionContext } from 'vscode';
import type { CommandId } from '../ids';
import type { LanguageServer } from '../languageClient';
import type { Launcher } from '../runner/launcher';
import { cancelExperiment, cancelRun } from '../runs/cancel';
import type { RunLogs } from '../runs/logs';
import type { RunSummary } from '../runs/store';
import { specOf } from '../runs/tree';
import type { Panels, PanelTarget, Services } from '../services';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import type { Pickers } from './pick';
import { revealFolder } from './reveal';
import { targetOf } from './target';

export interface CommandParts {
  vscode: VsCode;
  context: ExtensionContext;
  services: Services;
  settings: Settings;
  launcher: Launcher;
  pick: Pickers;
  logs: RunLogs;
  panels: Panels;
  language: Pick<LanguageServer, 'restart'>;
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
  pick,
  logs,
  panels,
  language,
}: CommandParts): Handlers {
  const { runs, log } = services;
  const { t } = vscode.l10n;

  /** Starts runs and shows them; a click while they already go on only shows them. */
  const start = async (specFile: string, methods?: string[]) => {
    const going = launcher.active().some((launch) => launch.specFile === specFile);
    if (!going && !(await launcher.run(specFile, methods && { methods }))) return;
    await panels.showLivePanel(context, services, { specFile });
  };

  /** The run that the command was called on, else the user's choice. */
  const runFor = async (argument: unknown, fits: (run: RunSummary) => boolean, none: string) => {
    const { folder, specFile } = targetOf(argument);
    if (folder) return runs.get(folder);
    return pick.run((run) => fits(run) && (!specFile || specOf(run) === specFile), none);
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
      if (specFile) await start(specFile, target.methods);
    },
    'medpeft.runMethod': async (argument) => {
      const specFile = targetOf(argument).specFile ?? (await pick.spec());
      const methods = specFile && (await pick.methods(specFile));
      if (specFile && methods) await start(specFile, methods);
    },
    'medpeft.cancel': async (argument) => {
      const parts = { vscode, runs, launcher, settings };
      const target = targetOf(argument);
      const { folder, specFile } = target.folder || target.specFile ? target : ((await pick.active()) ?? {});
      const run = folder && runs.get(folder);
      if (run) await cancelRun(parts, run);
      else if (specFile) await cancelExperiment(parts, specFile);
    },
    'medpeft.resume': async (argument) => {
      const run = await runFor(argument, canResume, t('No run was stopped before its end.'));
      if (!run || !(await launcher.resume({ folder: run.folder, specFile: specOf(run) }))) return;
      await panels.showLivePanel(context, services, { folder: run.folder });
    },
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
    'medpeft.refreshRuns': () => runs.refresh(),
    'medpeft.restartLanguageServer': () => language.restart(),
  };
}

function canResume({ state }: RunSummary): boolean {
  return state === 'cancelled' || state === 'interrupted' || state === 'failed';
}
