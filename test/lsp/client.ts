/** A bare JSON-RPC client that drives the bundled server over stdio, as an editor would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

export interface Client {
  rpc: ProtocolConnection;
  process: ChildProcess;
  initialized: InitializeResult;
  /** Log lines of the server. */
  log: string[];
  open(uri: string, text: string): Promise<void>;
  change(uri: string, version: number, text: string): Promise<void>;
  close(uri: string): Promise<void>;
  /** The first diagnostics pushed for a document, from the call on, that satisfy the condition. */
  pushed(uri: string, until: (diagnostics: Diagnostic[]) => boolean): Promise<Diagnostic[]>;
  request<R>(method: string, params: unknown): Promise<R>;
  dispose(): Promise<void>;
}

/** An editor that is pushed diagnostics and takes links and nested symbols. */
export const pushing: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: { dataSupport: true, codeDescriptionSupport: true },
    definition: { linkSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
};

/** An editor that pulls diagnostics and can be told to ask again. */
export const pulling: ClientCapabilities = {
  textDocument: { ...pushing.textDocument, diagnostic: {} },
  workspace: { diagnostics: { refreshSupport: true } },
};

/** @param how the words that start Node, where something is to stand between, and its environment */
export async function startClient(
  server: string,
  capabilities: ClientCapabilities = pushing,
  initializationOptions?: object,
  how: { words?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Client> {
  const { words: [program, ...before] = [process.execPath], env } = how;
  const child = spawn(program!, [...before, server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const rpc = createProtocolConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
  const log: string[] = [];
  const waiting = new Set<(uri: string, diagnostics: Diagnostic[]) => void>();
  rpc.onNotification('window/logMessage', ({ message }: { message: string }) => {
    log.push(message);
  });
  rpc.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => {
    for (const listener of waiting) listener(params.uri, params.diagnostics);
  });
  rpc.listen();
  const initialized = await rpc.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities,
    initializationOptions,
  });
  await rpc.sendNotification('initialized', {});
  return {
    rpc,
    process: child,
    initialized,
    log,
    open: (uri, text) =>
      rpc.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'medpeft', version: 1, text },
      }),
    change: (uri, version, text) =>
      rpc.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] }),
    close: (uri) => rpc.sendNotification('textDocument/didClose', { textDocument: { uri } }),
    pushed: (uri, until) =>
      new Promise((resolve) => {
        const listener = (of: string, diagnostics: Diagnostic[]) => {
          if (of !== uri || !until(diagnostics)) return;
          waiting.delete(listener);
          resolve(diagnostics);
        };
        waiting.add(listener);
      }),
    request: (method, params) => rpc.sendRequest(method, params),
    async dispose() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await rpc.sendRequest('shutdown');
      await rpc.sendNotification('exit');
      await ended;
      rpc.dispose();
    },
  };
}

/** Takes the cursor mark `|` out of a text. */
export function cursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0) throw new Error(`no | in ${marked}`);
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

export const uriOf = (file: string) => pathToFileURL(file).toString();
