/** The status bar: how many runs go on, how far, how long still; a click shows their curves. */
import type { Disposable } from 'vscode';
import { disposables } from './disposables';
import { duration, percent, runLabel, type Translate } from './runs/describe';
import type { RunStore, RunSummary } from './runs/store';
import type { VsCode } from './vscode';

export function createStatusBar(vscode: VsCode, runs: RunStore): Disposable {
  const { window, l10n, StatusBarAlignment } = vscode;
  const held = disposables();
  const item = held.add(window.createStatusBarItem('medpeft.progress', StatusBarAlignment.Left, 10));
  item.name = l10n.t('MedPEFT Runs');
  item.command = 'medpeft.showLive';
  /** What stands there: every change is drawn by the workbench, with whatever else it has to draw. */
  let drawn = '';
  const draw = () => {
    const running = runs.list().filter((run) => run.state === 'running');
    const text = running.length === 0 ? '' : statusText(running, l10n.t);
    const tooltip = [...running.map((run) => run.id), l10n.t('Show live curves')].join('\n');
    if (drawn === text + tooltip) return;
    drawn = text + tooltip;
    if (running.length === 0) {
      item.hide();
      return;
    }
    item.text = `$(sync) ${text}`;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: text, role: 'button' };
    item.show();
  };
  held.add(runs.onDidChange(draw));
  draw();
  return held;
}

/** `lora 45 %, 1 min left`; for several runs their number, mean progress and the longest time left. */
export function statusText(running: readonly RunSummary[], t: Translate): string {
  const [first] = running;
  if (!first) return '';
  const lefts = running.flatMap(({ progress: { secondsLeft } }) => (secondsLeft === undefined ? [] : [secondsLeft]));
  const left = lefts.length > 0 ? `, ${t('{0} left', duration(Math.max(...lefts)))}` : '';
  if (running.length === 1) return `${runLabel(first, [])} ${percent(first)}`.trim() + left;
  const step = running.reduce((sum, run) => sum + run.progress.step, 0);
  const totals = running.map((run) => run.progress.totalSteps);
  // 0 = not known yet, and then the sum is not known either
  const totalSteps = totals.includes(0) ? 0 : totals.reduce((sum, n) => sum + n, 0);
  return `${t('{0} runs', running.length)} ${percent({ progress: { step, totalSteps } })}`.trim() + left;
}
