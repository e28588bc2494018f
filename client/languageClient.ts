/** The language server as a process of its own over Node's channel, for specs on disk and elsewhere. */
import type { Disposable } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { languageId } from './ids';
import type { VsCode } from './vscode';

export interface LanguageServer extends Disposable {
  /** Settled once the server answers; rejects if it cannot be started. */
  readonly ready: Promise<void>;
  restart(): Promise<void>;
}

/** @param module absolute path of dist/server.js */
export function startLanguageServer({ l10n, window }: VsCode, module: string): LanguageServer {
  const client = new LanguageClient(
    languageId,
    l10n.t('MedPEFT Language Server'),
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=0'] } },
    },
    { documentSelector: [{ language: languageId }] },
  );
  const start = () =>
    client.start().catch((error: unknown) => {
      void window.showErrorMessage(
        l10n.t(
          'The MedPEFT language server did not start: {0} Try "MedPEFT: Restart Language Server".',
          (error as Error).message,
        ),
      );
      throw error;
    });
  const ready = start();
  // whoever waits for `ready` sees the failure; nobody has to
  ready.catch(() => {});
  return {
    ready,
    restart: () => (client.needsStop() ? client.restart() : start()),
    dispose: () => void client.dispose(),
  };
}
