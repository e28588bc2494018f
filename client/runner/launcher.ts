/** Starts runs for the editor: trust, Node, a log file for each start, and a word to the user when one ends badly. */
import path from 'node:path';
import type { CancellationToken, Disposable, Event, LogOutputChannel, Memento } from 'vscode';
import { MedpeftError } from '../../runner/errors';
import { disposables } from '../disposables';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import {
  type Launched,
  launchCli,
  type ProcessExit,
  type RunFilter,
  runArguments,
  shellText,
  withDevice,
} from './launch';
import { logTail, newLogFile } from './logFiles';
import { type FoundNode, findNode, hostSearch } from './node';
import { type Remembered, rememberedLaunches, whenGone } from './remember';

/** A process of this window, or of the window before a reload, that has not ended yet. */
export interface Launch {
  specFile: string;
  /** What it was narrowed to, or the folder of the run that it goes on with; unknown after a reload. */
  filter?: RunFilter;
  resume?: string;
  logFile: string;
  pid: number | undefined;
  /** The user stopped it, or a run of it: that it ends with an error is no news. */
  stopped: boolean;
  /** How it ended; undefined when it could not be started, which the user was told, or was started before a reload. */
  ended: Promise<ProcessExit | undefined>;
}

/** What a short command answered. */
export interface Answer {
  code: number | null;
  lastWords: string;
  /** Holds all that it printed. */
  logFile: string;
  /** The user did not want to wait for it any longer. */
  stopped: boolean;
}

export interface Launcher extends Disposable {
  /** Starts the chosen runs of a spec; undefined when it may not or cannot start, which the user was told. */
  run(specFile: string, filter?: RunFilter): Promise<Launch | undefined>;
  /** Goes on with one run from its last checkpoint. */
  resume(run: { folder: string; specFile: string }): Promise<Launch | undefined>;
  /** Runs a short command of the command line to its end, such as `cancel`, or until the token says stop; undefined when it cannot start. */
  ask(args: string[], cwd: string, token?: CancellationToken): Promise<Answer | undefined>;
  /** The same as it would be typed into a terminal. */
  commandLine(args: string[]): Promise<string>;
  /** Asks a process to stop its run after a checkpoint and to begin no other. */
  stop(launch: Launch): void;
  active(): readonly Launch[];
  /** The log file of the last start for a spec. */
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
  /** Survives a reload of the window. */
  memory: Memento;
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
  const memory = rememberedLaunches(parts.memory);

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
  const cannotStart = (error: Error) => {
    found = undefined;
    void tell(l10n.t('The runner could not be started: {0}', error.message));
    return undefined;
  };

  const begin = async (words: string[], cwd: string, logFile: string): Promise<Launched | undefined> => {
    const args = withDevice(words, settings);
    if (!workspace.isTrusted) {
      void tell(
        l10n.t('Nothing was started: this workspace is not trusted. Trust it by "Workspaces: Manage Workspace Trust".'),
      );
      return undefined;
    }
    try {
      const launched = start({ node: await node(), cli, args, cwd, logFile });
      log.info(`started ${launched.pid}: medpeft ${args.join(' ')} (log: ${logFile})`);
      return launched;
    } catch (error) {
      if (!(error instanceof MedpeftError)) return cannotStart(error as Error);
      found = undefined;
      void tell([`${error.code}: ${error.message}`, error.hint].filter(Boolean).join(' '));
      return undefined;
    }
  };

  /** Asks a process to end. */
  const end = (pid: number | undefined) => {
    try {
      if (pid !== undefined) process.kill(pid, 'SIGTERM');
    } catch (error) {
      // it has just ended by itself
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') cannotStart(error as Error);
    }
  };

  const keep = (launch: Launch): Launch => {
    active.add(launch);
    lastLogs.set(launch.specFile, launch.logFile);
    void launch.ended.finally(() => {
      active.delete(launch);
      if (launch.pid !== undefined) memory.forget(launch.pid);
      changed.fire();
    });
    changed.fire();
    return launch;
  };

  const launch = async (
    { specFile, ...request }: Pick<Launch, 'specFile' | 'filter' | 'resume'>,
    args: string[],
  ): Promise<Launch | undefined> => {
    const logFile = newLogFile(logFolder);
    const launched = await begin(args, path.dirname(specFile), logFile);
    if (!launched) return undefined;
    if (launched.pid !== undefined) memory.remember({ pid: launched.pid, specFile, logFile });
    const ended = launched.exit.then((exit) => {
      log.info(`ended ${launched.pid}: ${exit.signal ?? `exit code ${exit.code}`}`);
      if (exit.code !== 0 && !entry.stopped) void tell(failureText(vscode, exit, logFile), logFile);
      return exit;
    }, cannotStart);
    const entry: Launch = { specFile, ...request, logFile, pid: launched.pid, stopped: false, ended };
    return keep(entry);
  };

  const adopt = ({ specFile, logFile, ...who }: Remembered) => {
    const gone = whenGone(who);
    held.add(gone);
    log.info(`found again ${who.pid}, started before this window was loaded (log: ${logFile})`);
    keep({ specFile, logFile, pid: who.pid, stopped: false, ended: gone.ended.then(() => undefined) });
  };
  for (const one of memory.alive()) adopt(one);

  return {
    run: async (specFile, filter) => {
      const open = workspace.textDocuments.find((document) => document.uri.fsPath === specFile && document.isDirty);
      if (open && !(await open.save())) return undefined;
      return launch({ specFile, filter }, runArguments(specFile, filter));
    },
    resume: ({ folder, specFile }) => launch({ specFile, resume: folder }, ['resume', folder]),
    ask: async (args, cwd, token) => {
      const logFile = newLogFile(logFolder);
      const launched = await begin(args, cwd, logFile);
      const stopping = token?.onCancellationRequested(() => end(launched?.pid));
      const exit = await launched?.exit.catch(cannotStart);
      stopping?.dispose();
      const stopped = token?.isCancellationRequested ?? false;
      return exit && { code: exit.code, lastWords: logTail(logFile), logFile, stopped };
    },
    commandLine: async (args) => shellText([(await node()).path, cli, ...withDevice(args, settings)], process.platform),
    stop: (entry) => {
      entry.stopped = true;
      end(entry.pid);
    },
    active: () => [...active],
    lastLog: (specFile) => lastLogs.get(specFile),
    onDidChange: changed.event,
    dispose: () => held.dispose(),
  };
}

function failureText({ l10n }: VsCode, exit: ProcessExit, logFile: string): string {
  const how = exit.signal ? l10n.t('was ended by {0}', exit.signal) : l10n.t('ended with code {0}', String(exit.code));
  return l10n.t('The MedPEFT runner {0}. {1}', how, logTail(logFile));
}
