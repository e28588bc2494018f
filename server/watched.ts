/** Files that changed on disk, as far as the editor watches them. */
import {
  type ClientCapabilities,
  type Connection,
  DidChangeWatchedFilesNotification,
} from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { background } from './safe';

export interface Watched {
  /** @param listener is given absolute paths */
  onChange(listener: (files: string[]) => void): void;
  register(client: ClientCapabilities): Promise<void>;
}

export function createWatched(connection: Connection): Watched {
  const listeners: ((files: string[]) => void)[] = [];
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const files = changes.map(({ uri }) => URI.parse(uri).fsPath);
    for (const listener of listeners) void background(connection.console, 'watched files', () => listener(files));
  });
  return {
    onChange: (listener) => {
      listeners.push(listener);
    },
    async register({ workspace }) {
      if (!workspace?.didChangeWatchedFiles?.dynamicRegistration) return;
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/*.{json,jsonl,csv,safetensors}' }],
      });
    },
  };
}
