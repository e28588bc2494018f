/** Stops a run: asks first, waits where the user sees it, then ends its processes by force. */
import os from 'node:os';
import path from 'node:path';
import type { CancellationToken } from 'vscode';
import { isRunAlive } from '../../runner/runs';
import { readHeartbeat } from '../../runner/runs/heartbeat';
import { killTree } from '../runner/killTree';
import type { Launcher } from '../runner/launcher';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import { isActive, type RunStore, type RunSummary } from './store';

export interface CancelParts {
  vscode: VsCode;
  runs: RunStore;
  launcher: Launcher;
  settings: Settings;
}

/** Settled once the run is over or cannot be stopped, which the user was told. */
export async function cancelRun(parts: CancelParts, run: RunSummary): Promise<void> {
  const { vscode, runs, launcher, settings } = parts;
  const { window, l10n } = vscode;
  const isOver = () => {
    const now = runs.get(run.folder);
    return !now || !isActive(now);
  };
  await window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t('Stopping {0}', run.manifest.method),
      cancellable: true,
    },
    async (progress, stopNow) => {
      progress.report({ message: l10n.t('asked to write a checkpoint and stop') });
      const exit = await launcher.ask(['cancel', run.folder], path.dirname(run.folder));
      if (!exit) return;
      const seconds = settings.forceAfterSeconds();
      const left = (n: number) =>
        progress.report({ message: l10n.t('by force in {0} s; "Cancel" here ends it now', n) });
      if (await waitUntil(parts, isOver, seconds, left, stopNow)) return;
      progress.report({ message: l10n.t('by force') });
      await force(parts, run);
      await runs.refresh();
    },
  );
}

/** @returns whether the run ended by itself within the time */
function waitUntil(
  { runs }: CancelParts,
  isOver: () => boolean,
  seconds: number,
  tick: (secondsLeft: number) => void,
  stopNow: CancellationToken,
): Promise<boolean> {
  if (isOver()) return Promise.resolve(true);
  return new Promise((resolve) => {
    let left = seconds;
    const finish = (ended: boolean) => {
      clearInterval(timer);
      for (const one of listening) one.dispose();
      resolve(ended);
    };
    const timer = setInterval(() => {
      left -= 1;
      if (left <= 0) finish(isOver());
      else tick(left);
    }, 1000);
    const listening = [
      runs.onDidChange(() => {
        if (isOver()) finish(true);
      }),
      stopNow.onCancellationRequested(() => finish(isOver())),
    ];
    tick(left);
  });
}

async function force({ vscode: { window, l10n } }: CancelParts, run: RunSummary): Promise<void> {
  const who = readHeartbeat(run.folder)?.who;
  // the number of a process that ended may belong to another one by now
  if (!who || !isRunAlive(run.folder)) return;
  if (who.host !== os.hostname()) {
    void window.showWarningMessage(
      l10n.t('{0} runs on {1}: it was asked to stop, but only that machine can end it by force.', run.id, who.host),
    );
    return;
  }
  try {
    await killTree(who.pid);
  } catch (error) {
    void window.showErrorMessage(
      l10n.t('Process {0} of {1} could not be ended: {2}', who.pid, run.id, (error as Error).message),
    );
  }
}
