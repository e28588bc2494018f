/** Scores what a run has trained on a task of the user's choice, in a process of its own, and shows what that printed. */
import path from 'node:path';
import type { Launcher } from '../runner/launcher';
import type { VsCode } from '../vscode';
import type { RunStore, RunSummary } from './store';

export interface EvaluateParts {
  vscode: VsCode;
  runs: Pick<RunStore, 'specOf'>;
  launcher: Pick<Launcher, 'ask'>;
  /** Names of a spec's tasks, as far as the spec can be read. */
  tasksOf(specFile: string): string[];
}

/** Settled when the scores are shown, or the user gave up, or was told why there are none. */
export async function evaluateRun({ vscode, runs, launcher, tasksOf }: EvaluateParts, run: RunSummary): Promise<void> {
  const { window, l10n, Uri } = vscode;
  const { task: own, method } = run.manifest;
  const tasks = [own, ...tasksOf(runs.specOf(run)).filter((name) => name !== own)];
  const items = tasks.map((label) => ({ label, description: label === own ? l10n.t('its own task') : '' }));
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Evaluate {0} on which task?', method) });
  if (!picked) return;
  const args = ['evaluate', run.folder, ...(picked.label === own ? [] : [`--task=${picked.label}`])];
  const title = l10n.t('Evaluating {0} on {1}', method, picked.label);
  const answer = await window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => launcher.ask(args, path.dirname(run.folder), token),
  );
  if (!answer || answer.stopped) return;
  if (answer.code === 0) await window.showTextDocument(Uri.file(answer.logFile));
  else void window.showErrorMessage(l10n.t('{0} was not evaluated: {1}', method, answer.lastWords));
}
