/** Stops runs: asks first, waits where the user sees it, then ends the process by force. All by the command line's `cancel`. */
import path from 'node:path';
import type { CancellationToken } from 'vscode';
import type { Launch, Launcher } from '../runner/launcher';
import type { RunQueue } from '../runner/queue';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import { isActive, type RunStore, type RunSummary } from './store';

export interface CancelParts {
  vscode: VsCode;
  runs: RunStore;
  launcher: Launcher;
  settings: Settings;
}

/** Stops one run; others of its experiment go on. Settled once it is over or cannot be stopped, which the user was told. */
export async function cancelRun({ vscode, runs, launcher, settings }: CancelParts, run: RunSummary): Promise<void> {
  const { window, l10n } = vscode;
  const isOver = () => {
    const now = runs.get(run.folder);
    return !now || !isActive(now);
  };
  const cancel = (...flags: string[]) => launcher.ask(['cancel', run.folder, ...flags], path.dirname(run.folder));
  for (const launch of launcher.active()) if (launch.specFile === runs.specOf(run)) launch.stopped = true;
  await window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t('Stopping {0}', run.manifest.method),
      cancellable: true,
    },
    async (progress, stopNow) => {
      progress.report({ message: l10n.t('asked to write a checkpoint and stop') });
      // it waits for the run's end itself; what it says comes too late to matter
      void cancel();
      const left = (n: number) =>
        progress.report({ message: l10n.t('by force in {0} s; "Cancel" here ends it now', n) });
      if (await waitUntil(runs, isOver, settings.forceAfterSeconds(), left, stopNow)) return;
      progress.report({ message: l10n.t('by force') });
      const forced = await cancel('--force');
      await runs.refresh();
      if (forced && !isOver())
        void window.showErrorMessage(l10n.t('{0} could not be stopped: {1}', run.id, forced.lastWords));
    },
  );
}

/** Stops what goes on of a spec and begins nothing more of it. */
export async function cancelExperiment(
  parts: CancelParts & { queue: Pick<RunQueue, 'waiting' | 'remove'> },
  specFile: string,
): Promise<void> {
  const { runs, launcher, queue } = parts;
  for (const entry of queue.waiting()) if (entry.specFile === specFile) queue.remove(entry.id);
  const launches: Launch[] = launcher.active().filter((launch) => launch.specFile === specFile);
  for (const launch of launches) launcher.stop(launch);
  const going = runs.ofSpec(specFile).filter(isActive);
  await Promise.all(going.map((run) => cancelRun(parts, run)));
}

/** @returns whether the run ended by itself within the time */
function waitUntil(
  runs: RunStore,
  isOver: () => boolean,
  seconds: number,
  tick: (secondsLeft: number) => void,
  stopNow: CancellationToken,
): Promise<boolean> {
  if (isOver()) return Promise.resolve(true);
  return new Promise((resolve) => {
    let left = seconds;
    const finish = () => {
      clearInterval(timer);
      for (const one of listening) one.dispose();
      resolve(isOver());
    };
    const timer = setInterval(() => {
      left -= 1;
      if (left <= 0) finish();
      else tick(left);
    }, 1000);
    const listening = [
      runs.onDidChange(() => {
        if (isOver()) finish();
      }),
      stopNow.onCancellationRequested(finish),
    ];
    tick(left);
  });
}
