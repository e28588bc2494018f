/** Notifications that are words and nothing else: VS Code makes links of `[words](command:…)` in them, and names and errors come from anybody's run folders. */
import type { CancellationToken, Progress, ProgressOptions } from 'vscode';
import type { VsCode } from './vscode';

/** The same words, of which no link is made. */
const withoutLinks = (text: string) => text.replaceAll('](', '] (');

const plain = <Rest extends unknown[], Answer>(show: (message: string, ...rest: Rest) => Answer) => ({
  value: (message: string, ...rest: Rest) => show(withoutLinks(message), ...rest),
});

interface Step {
  message?: string;
  increment?: number;
}

/** VS Code with such notifications. */
export function withPlainMessages(vscode: VsCode): VsCode {
  const { window } = vscode;
  const withProgress = <T>(
    { title, ...options }: ProgressOptions,
    task: (progress: Progress<Step>, token: CancellationToken) => Thenable<T>,
  ) =>
    window.withProgress<T>({ ...options, ...(title && { title: withoutLinks(title) }) }, (progress, token) => {
      const report = ({ message, ...step }: Step) =>
        progress.report({ ...step, ...(message && { message: withoutLinks(message) }) });
      return task({ report }, token);
    });
  // the API's own objects are frozen and have getters: what is not replaced is left to them
  const plainWindow: VsCode['window'] = Object.create(window, {
    showInformationMessage: plain(window.showInformationMessage),
    showWarningMessage: plain(window.showWarningMessage),
    showErrorMessage: plain(window.showErrorMessage),
    withProgress: { value: withProgress },
  });
  return Object.create(vscode, { window: { value: plainWindow } });
}
