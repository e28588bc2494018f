/** Says that runs ended, once per spec, and only when the window is not looked at. */
import type { Disposable } from 'vscode';
import { disposables } from '../disposables';
import type { Launcher } from '../runner/launcher';
import type { Settings } from '../settings';
import type { VsCode } from '../vscode';
import { stateText, type Translate } from './describe';
import { isActive, type RunStore, type RunSummary } from './store';

export interface NoticeParts {
  vscode: VsCode;
  runs: RunStore;
  launcher: Pick<Launcher, 'active' | 'onDidChange'>;
  settings: Settings;
}

export function notifyWhenFinished({ vscode, runs, launcher, settings }: NoticeParts): Disposable {
  const { window, commands, l10n } = vscode;
  const held = disposables();
  /** Folders of runs that were seen active and have not been told of. */
  const watched = new Set(
    runs
      .list()
      .filter(isActive)
      .map((run) => run.folder),
  );

  const show = async (specFile: string, ended: RunSummary[]) => {
    const showResults = l10n.t('Show Results');
    const text = endedText(ended, l10n.t);
    if ((await window.showInformationMessage(text, showResults)) === showResults)
      await commands.executeCommand('medpeft.showResults', { kind: 'spec', specFile });
  };

  const look = () => {
    const all = runs.list();
    for (const run of all) if (isActive(run)) watched.add(run.folder);
    const ended = all.filter((run) => watched.has(run.folder) && !isActive(run));
    for (const specFile of new Set(ended.map(runs.specOf))) {
      const going =
        launcher.active().some((launch) => launch.specFile === specFile) ||
        all.some((run) => isActive(run) && runs.specOf(run) === specFile);
      if (going) continue;
      const own = ended.filter((run) => runs.specOf(run) === specFile);
      for (const run of own) watched.delete(run.folder);
      if (!window.state.focused && settings.notify()) void show(specFile, own);
    }
  };
  held.add(runs.onDidChange(look), launcher.onDidChange(look));
  return held;
}

/** `MedPEFT: lora finished`, or `MedPEFT: 4 runs finished, 1 failed`. */
export function endedText(ended: readonly RunSummary[], t: Translate): string {
  const [only] = ended;
  if (ended.length === 1 && only) return `MedPEFT: ${only.manifest.method} ${stateText(only.state, t)}`;
  const states = (['finished', 'failed', 'interrupted', 'cancelled'] as const).flatMap((state) => {
    const n = ended.filter((run) => run.state === state).length;
    return n === 0 ? [] : [`${n} ${stateText(state, t)}`];
  });
  return t('MedPEFT: runs ended: {0}', states.join(', '));
}
