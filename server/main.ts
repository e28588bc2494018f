/**
 * The language server of MedPEFT specs. `server.js --stdio` for any editor, `--node-ipc` for VS Code.
 * A table of contents: features/index.ts.
 */
import { type ClientCapabilities, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../package.json';
import { keyContribution } from './completions/keys';
import { createDocuments, type Documents, syncKind } from './documents';
import { createFacts } from './facts';
import { features } from './features';
import { createSpecTexts } from './naming/spec-texts';
import { background, safelyWith } from './safe';
import { createJsonService } from './schema';
import type { Server } from './server';
import { foldersOf } from './workspace';

const connection = createConnection(ProposedFeatures.all);
let client: ClientCapabilities = {};
const json = createJsonService([keyContribution((): Documents => documents)]);
const documents = createDocuments(json);
let folders: string[] = [];
const server: Server = {
  connection,
  documents,
  json,
  facts: createFacts(),
  texts: createSpecTexts({ documents, json, folders: () => folders }),
  client: () => client,
  safely: safelyWith(connection.console),
};

connection.onInitialize((params) => {
  const { capabilities } = params;
  client = capabilities;
  folders = foldersOf(params);
  return {
    capabilities: Object.assign(
      { textDocumentSync: { openClose: true, change: syncKind, save: true } },
      ...features.map((feature) => feature.capabilities(capabilities)),
    ),
    serverInfo: { name: 'medpeft', version },
  };
});
connection.onInitialized(async () => {
  for (const feature of features) await background(connection.console, 'set-up', () => feature.ready?.(server));
});

for (const feature of features) feature.listen(server);
documents.listen(connection);
connection.listen();
