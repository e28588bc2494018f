import { expect, it } from 'vitest';
import { withPlainMessages } from '../../../client/plainMessages';
import { standIn } from './standIn';

const hostile = 'lora [details](command:workbench.action.terminal.new "x")';
const harmless = 'lora [details] (command:workbench.action.terminal.new "x")';

it('makes no link of what a run folder says, and leaves the rest to VS Code', async () => {
  const told: unknown[][] = [];
  const show = async (...words: unknown[]) => void told.push(words);
  const vscode = withPlainMessages(
    standIn({
      window: {
        showInformationMessage: show,
        showWarningMessage: show,
        showErrorMessage: show,
        withProgress: async (options: object, task: (progress: object, token: string) => unknown) => {
          told.push([options]);
          return task({ report: (step: object) => told.push([step]) }, 'token');
        },
        get activeTextEditor() {
          return 'editor';
        },
      },
    }),
  );
  const { window, ProgressLocation } = vscode;
  await window.showInformationMessage(hostile, 'Show Results');
  await window.showWarningMessage(hostile, { modal: true }, 'Delete');
  await window.showErrorMessage(hostile);
  const location = ProgressLocation.Notification;
  await window.withProgress({ location, title: hostile, cancellable: true }, async (progress, token) => {
    told.push([token]);
    progress.report({ message: hostile });
    progress.report({ increment: 3 });
  });
  expect(told).toEqual([
    [harmless, 'Show Results'],
    [harmless, { modal: true }, 'Delete'],
    [harmless],
    [{ location, title: harmless, cancellable: true }],
    ['token'],
    [{ message: harmless }],
    [{ increment: 3 }],
  ]);
  expect([window.activeTextEditor, vscode.l10n.t('a')]).toEqual(['editor', 'a']);
});
