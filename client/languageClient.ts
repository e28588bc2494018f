/** The language server as a process of its own over Node's channel, for specs on disk and elsewhere. */
import type { Disposable } from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import { languageId } from './ids';
import { createLanguageStatus, type ServerState, type ServerStatus } from './languageStatus';
import type { VsCode } from './vscode';

export interface LanguageServer extends Disposable {
  /** Settled once the server answers; rejects if it cannot be started. */
  readonly ready: Promise<void>;
  restart(): Promise<void>;
  showLog(): void;
}

/** @param module absolute path of dist/server.js */
const states: Readonly<Record<State, ServerState>> = {
  [State.Starting]: 'starting',
  [State.Running]: 'running',
  [State.Stopped]: 'stopped',
  [State.StartFailed]: 'stopped',
};

export function startLanguageServer(vscode: VsCode, module: string): LanguageServer {
  const { l10n, window } = vscode;
  const status = createLanguageStatus(vscode);
  const client = new LanguageClient(
    languageId,
    l10n.t('MedPEFT Language Server'),
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=0'] } },
    },
    { documentSelector: [{ language: languageId }], initializationOptions: { status: true } },
  );
  status.state('starting');
  client.onDidChangeState(({ newState }) => status.state(states[newState]));
  client.onNotification('medpeft/status', (said: ServerStatus) => status.status(said));
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
    showLog: () => client.outputChannel.show(),
    dispose: () => {
      status.dispose();
      void client.dispose();
    },
  };
}
