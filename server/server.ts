/** What every feature of the language server is given, and the shape of a feature. */
import type { LanguageService } from 'vscode-json-languageservice';
import type { ClientCapabilities, Connection, ServerCapabilities } from 'vscode-languageserver/node';
import type { Documents } from './documents';
import type { Facts } from './facts';
import type { SpecTexts } from './naming/spec-texts';
import type { Plans } from './plans/plans';
import type { Reader } from './reading/reader';
import type { Safely } from './safe';
import type { Settings } from './settings';
import type { Status } from './status';
import type { Watched } from './watched';

export interface Server {
  readonly connection: Connection;
  readonly documents: Documents;
  /** The JSON language service, knowing the schema of the spec. Its own validation is off: the one validator is runner/spec. */
  readonly json: LanguageService;
  readonly facts: Facts;
  /** The thread that reads what specs name on disk. */
  readonly reader: Reader;
  /** Specs by file, and how they extend each other. */
  readonly texts: SpecTexts;
  readonly settings: Settings;
  /** What open specs stand for: runs, counts, results. */
  readonly plans: Plans;
  readonly watched: Watched;
  readonly status: Status;
  /** What the editor can do; empty until it has said so. */
  readonly client: () => ClientCapabilities;
  readonly safely: Safely;
}

/** One feature is one file in features/ and one line in features/index.ts. */
export interface Feature {
  /** What is announced to the editor. */
  capabilities(client: ClientCapabilities): ServerCapabilities;
  /** Hangs the handlers on the connection. Called once, before the connection listens. */
  listen(server: Server): void;
  /** Asks the editor for what can only be asked once it is initialised. */
  ready?(server: Server): Promise<void>;
}
