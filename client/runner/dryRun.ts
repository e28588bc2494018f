/** A dry run of a spec: each run tried on a few items, in a process of its own; what that printed is shown. */
import path from 'node:path';
import type { VsCode } from '../vscode';
import { dryRunArguments, type RunFilter } from './launch';
import type { Launcher } from './launcher';

/** Settled when the user was told what came out, or gave up. */
export async function dryRunSpec(
  { vscode, launcher }: { vscode: VsCode; launcher: Pick<Launcher, 'ask'> },
  specFile: string,
  filter: RunFilter,
): Promise<void> {
  const { window, l10n, Uri, ProgressLocation } = vscode;
  const name = path.basename(specFile);
  const open = vscode.workspace.textDocuments.find(({ uri, isDirty }) => isDirty && uri.fsPath === specFile);
  if (open && !(await open.save())) return;
  const answer = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Trying the runs of {0}', name), cancellable: true },
    (_progress, token) => launcher.ask(dryRunArguments(specFile, filter), path.dirname(specFile), token),
  );
  if (!answer || answer.stopped) return;
  const details = l10n.t('Show Details');
  const shown =
    answer.code === 0
      ? window.showInformationMessage(l10n.t('{0}: every run would work.', name), details)
      : window.showErrorMessage(l10n.t('{0} would not run: {1}', name, answer.lastWords), details);
  if ((await shown) === details) await window.showTextDocument(Uri.file(answer.logFile));
}
