/** Takes runs away: to the trash where the disk has one, for good only when asked again. */
import type { VsCode } from '../vscode';
import { isActive, type RunStore, type RunSummary } from './store';

/**
 * Asks, and moves the run's folder to the trash.
 * @param action what the button says that does it
 * @returns whether the folder is gone
 */
export async function deleteRun(
  { window, workspace, l10n, Uri }: VsCode,
  runs: Pick<RunStore, 'get' | 'refresh'>,
  run: RunSummary,
  action: string,
): Promise<boolean> {
  const remove = (useTrash: boolean) => workspace.fs.delete(Uri.file(run.folder), { recursive: true, useTrash });
  const ask = (question: string, detail: string, yes: string) =>
    window.showWarningMessage(question, { modal: true, detail }, yes).then((answer) => answer === yes);
  const question = l10n.t('Move the run {0} to the trash?', run.manifest.method);
  const lost = l10n.t('With it go its checkpoints, predictions and result: {0}', run.folder);
  if (!(await ask(question, lost, action))) return false;
  // it may have been resumed from a terminal while the question stood
  const now = runs.get(run.folder);
  if (now && isActive(now)) {
    void window.showErrorMessage(l10n.t('{0} goes on: stop it first.', run.id));
    return false;
  }
  try {
    await remove(true);
  } catch (error) {
    const forGood = l10n.t('Delete Permanently');
    const why = l10n.t('It cannot be moved to the trash: {0}', (error as Error).message);
    if (!(await ask(l10n.t('Delete the run {0} for good?', run.manifest.method), why, forGood))) return false;
    await remove(false);
  }
  await runs.refresh();
  return true;
}
