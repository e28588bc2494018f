/** What language models may ask in VS Code: the tools that `medpeft mcp` offers elsewhere. All of them read. */
import type { Disposable } from 'vscode';
import { MedpeftError } from '../runner/errors';
import { tools } from '../runner/tools';
import type { VsCode } from './vscode';

/** What goes wrong is told to the model in words: it may name another file. */
export function registerLanguageModelTools(vscode: VsCode): Disposable[] {
  const { lm, LanguageModelToolResult, LanguageModelTextPart, workspace, l10n } = vscode;
  return tools.map(({ name, title, run }) =>
    lm.registerTool<Record<string, unknown>>(name, {
      prepareInvocation: () => ({ invocationMessage: l10n.t('{0}…', title) }),
      async invoke({ input }) {
        const root = workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
        return new LanguageModelToolResult([new LanguageModelTextPart(await said(run(input, root)))]);
      },
    }),
  );
}

async function said(answer: Promise<string>): Promise<string> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    return [`${error.code}: ${error.message}`, error.hint].filter(Boolean).join('\n');
  }
}
