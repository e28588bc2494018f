/** Starts runs for the editor: trust, Node, a log file for each start, and a word to the user when one ends badly. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Disposable, Event, LogOutputChannel } from 'vscode';
import { MedpeftError } from '../../runner/errors';
import { disposables } from '../disposables';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import { type Launched, launchCli, type ProcessExit, type RunFilter, runArguments } from './launch';
import { logTail } from './logTail';
import { type FoundNode, findNode, hostSearch } from './node';

/** A process that this window started and that has not ended yet. */
export interface Launch {
  specFile: string;
  logFile: string;
  pid: number | undefined;
  /** How it ended; undefined when it could not be started, which the user was told. */
  ended: Promise<ProcessExit | undefined>;
}

export interface Launcher extends Disposable {
  /** Starts the chosen runs of a spec; undefined when it may not or cannot start, which the user was told. */
  run(specFile: string, filter?: RunFilter): Promise<Launch | undefined>;
  /** Goes on with one run from its last checkpoint. */
  resume(run: { folder: string; specFile: string }): Promise<Launch | undefined>;
  /** Runs a short command of the command line to its end, such as `cancel`. */
  ask(args: string[], cwd: string): Promise<ProcessExit | undefined>;
  active(): readonly Launch[];
  /** The log file of the last start for a spec, by this window. */
  lastLog(specFile: string): string | undefined;
  /** A process was started or ended. */
  readonly onDidChange: Event<void>;
}

export interface LauncherParts {
  vscode: VsCode;
  settings: Settings;
  log: LogOutputChannel;
  /** Absolute path of dist/cli.js. */
  cli: string;
  /** Where log files of starts are kept. */
  logFolder: string;
  find?: (setting: string) => Promise<FoundNode>;
  start?: typeof launchCli;
}

export function createLauncher(parts: LauncherParts): Launcher {
  const { vscode, settings, log, cli, logFolder } = parts;
  const { start = launchCli, find = (setting) => findNode(hostSearch(setting)) } = parts;
  const { window, workspace, l10n } = vscode;
  const held = disposables();
  const changed = held.add(new vscode.EventEmitter<void>());
  const active = new Set<Launch>();
  const lastLogs = new Map<string, string>();

  /** A Node that served once is asked for again only when the setting changes. */
  let found: { setting: string; node: FoundNode } | undefined;
  const node = async (): Promise<FoundNode> => {
    const setting = settings.nodePath();
    if (found?.setting !== setting) {
      found = { setting, node: await find(setting) };
      log.info(`Node ${found.node.version} from ${found.node.source}: ${found.node.path}`);
    }
    return found.node;
  };

  /** Says what went wrong and offers the log, without waiting for an answer. */
  const tell = async (message: string, logFile?: string) => {
    log.error(message);
    const showLog = l10n.t('Show Log');
    if ((await window.showErrorMessage(message, showLog)) !== showLog) return;
    if (logFile) await window.showTextDocument(vscode.Uri.file(logFile));
    else log.show();
  };

  const begin = async (args: string[], cwd: string, logFile: string): Promise<Launched | undefined> => {
    if (!workspace.isTrusted) {
      void tell(
        l10n.t('Nothing was started: this workspace is not trusted. Trust it first (Workspaces: Manage Trust).'),
      );
      return undefined;
    }
    try {
      const launched = start({ node: await node(), cli, args, cwd, logFile });
      log.info(`started ${launched.pid}: medpeft ${args.join(' ')} (log: ${logFile})`);
      return launched;
    } catch (error) {
      found = undefined;
      const { message, hint } = asMedpeftError(error);
      void tell([message, hint].filter(Boolean).join(' '));
      return undefined;
    }
  };

  const launch = async (specFile: string, args: string[]): Promise<Launch | undefined> => {
    const logFile = path.join(
      logFolder,
      `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomUUID().slice(0, 4)}.log`,
    );
    const launched = await begin(args, path.dirname(specFile), logFile);
    if (!launched) return undefined;
    const ended = launched.exit.then(
      (exit) => {
        log.info(`ended ${launched.pid}: ${exit.signal ?? `exit code ${exit.code}`}`);
        if (exit.code !== 0) void tell(failureText(vscode, exit, logFile), logFile);
        return exit;
      },
      (error: Error) => {
        found = undefined;
        void tell(l10n.t('The runner could not be started: {0}', error.message));
        return undefined;
      },
    );
    const entry: Launch = { specFile, logFile, pid: launched.pid, ended };
    active.add(entry);
    lastLogs.set(specFile, logFile);
    void ended.finally(() => {
      active.delete(entry);
      changed.fire();
    });
    changed.fire();
    return entry;
  };

  return {
    run: async (specFile, filter) => {
      const open = workspace.textDocuments.find((document) => document.uri.fsPath === specFile && document.isDirty);
      if (open && !(await open.save())) return undefined;
      return launch(specFile, runArguments(specFile, filter));
    },
    resume: ({ folder, specFile }) => launch(specFile, ['resume', folder]),
    ask: async (args, cwd) => {
      const launched = await begin(args, cwd, path.join(logFolder, 'commands.log'));
      return launched?.exit.catch((error: Error) => {
        void tell(l10n.t('The runner could not be started: {0}', error.message));
        return undefined;
      });
    },
    active: () => [...active],
    lastLog: (specFile) => lastLogs.get(specFile),
    onDidChange: changed.event,
    dispose: () => held.dispose(),
  };
}

function asMedpeftError(error: unknown): { message: string; hint?: string } {
  if (error instanceof MedpeftError) return { message: `${error.code}: ${error.message}`, hint: error.hint };
  return { message: (error as Error).message };
}

function failureText({ l10n }: VsCode, exit: ProcessExit, logFile: string): string {
  const how = exit.signal ? l10n.t('was ended by {0}', exit.signal) : l10n.t('ended with code {0}', String(exit.code));
  return l10n.t('The MedPEFT runner {0}. {1}', how, logTail(logFile));
}
