/** What a user can set for the language server, resource by resource; a value of the wrong type counts as unset. */
import {
  type ClientCapabilities,
  type Connection,
  DidChangeConfigurationNotification,
  type InitializeParams,
} from 'vscode-languageserver/node';
import { type Severities, sanitisedSeverities } from './checks/severities';
import { field } from './known-names';

export const hintKinds = ['trainable', 'items', 'effectiveBatch', 'steps', 'memory', 'runs'] as const;
export type HintKind = (typeof hintKinds)[number];

export interface ServerSettings {
  inlayHints: Readonly<Record<HintKind, boolean>>;
  codeLens: { run: boolean; results: boolean };
  severities: Severities;
}

export interface Settings {
  of(uri: string): Promise<ServerSettings>;
  /** What an editor that cannot be asked says at the start or later: the value of `medpeft`. */
  tell(value: unknown): void;
  onChange(listener: () => void): void;
  register(): Promise<void>;
}

export function createSettings(connection: Connection, client: () => ClientCapabilities): Settings {
  let told: unknown;
  const cache = new Map<string, Promise<ServerSettings>>();
  const listeners: (() => void)[] = [];
  const canAsk = () => client().workspace?.configuration === true;
  connection.onDidChangeConfiguration(({ settings }) => {
    told = field(settings, 'medpeft') ?? told;
    cache.clear();
    for (const listener of listeners) listener();
  });
  return {
    of(uri) {
      const known = cache.get(uri);
      if (known) return known;
      const asked = canAsk()
        ? connection.workspace.getConfiguration({ scopeUri: uri, section: 'medpeft' })
        : Promise.resolve(told);
      const settings = asked.then(sanitised);
      cache.set(uri, settings);
      settings.catch(() => cache.delete(uri));
      return settings;
    },
    tell(value) {
      told = value;
      cache.clear();
    },
    onChange: (listener) => {
      listeners.push(listener);
    },
    async register() {
      if (client().workspace?.didChangeConfiguration?.dynamicRegistration)
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'medpeft' });
    },
  };
}

/** Everything is shown unless it is switched off. */
export function sanitised(value: unknown): ServerSettings {
  const hints = field(value, 'inlayHints');
  const lenses = field(value, 'codeLens');
  const on = (of: unknown, key: string) => field(of, key) !== false;
  return {
    inlayHints: Object.fromEntries(hintKinds.map((kind) => [kind, on(hints, kind)])) as Record<HintKind, boolean>,
    codeLens: { run: on(lenses, 'run'), results: on(lenses, 'results') },
    severities: sanitisedSeverities(field(value, 'severity')),
  };
}

/** The value of `medpeft` in what an editor sends when it starts the server. */
export const initialSettings = ({ initializationOptions }: InitializeParams): unknown =>
  field(initializationOptions, 'medpeft') ?? initializationOptions;
