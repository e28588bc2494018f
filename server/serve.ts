/** The language server of MedPEFT specs. A table of contents: features/index.ts. */
import { type ClientCapabilities, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../package.json';
import { keyContribution } from './completions/keys';
import { createDocuments, type Documents, syncKind } from './documents';
import { createFacts } from './facts';
import { features } from './features';
import { createSpecTexts } from './naming/spec-texts';
import { followFiles } from './plans/follow';
import { createPlans } from './plans/plans';
import { createReader } from './reading/reader';
import { background, safelyWith } from './safe';
import { createJsonService } from './schema';
import type { Server } from './server';
import { createSettings, initialSettings } from './settings';
import { createStatus } from './status';
import { createWatched } from './watched';
import { foldersOf } from './workspace';

export function serve(): void {
  const connection = createConnection(ProposedFeatures.all);
  const log = connection.console;
  let client: ClientCapabilities = {};
  let folders: string[] = [];
  const json = createJsonService([keyContribution((): Documents => documents)]);
  const documents = createDocuments(json);
  const settings = createSettings(connection, () => client);
  const plans = createPlans({ documents, log, folders: () => folders });
  const watched = createWatched(connection);
  const reader = createReader();
  // in a thread of its own: whoever hovers does not wait for a check
  const facts = createFacts(createReader());
  watched.onChange(facts.changed);
  const status = createStatus(connection, plans);
  followFiles({ documents, watched, plans, log: connection.console });
  documents.onClose(status.forget);
  const server: Server = {
    connection,
    documents,
    json,
    settings,
    facts,
    reader,
    texts: createSpecTexts({ documents, json, folders: () => folders }),
    plans,
    watched,
    status,
    client: () => client,
    safely: safelyWith(log, documents.whenRead),
  };

  connection.onInitialize((params) => {
    const { capabilities } = params;
    client = capabilities;
    folders = foldersOf(params);
    settings.tell(initialSettings(params));
    status.start(params);
    return {
      capabilities: Object.assign(
        { textDocumentSync: { openClose: true, change: syncKind, save: true } },
        ...features.map((feature) => feature.capabilities(capabilities)),
      ),
      serverInfo: { name: 'medpeft', version },
    };
  });
  connection.onInitialized(async () => {
    await background(log, 'settings', () => settings.register());
    await background(log, 'watching files', () => server.watched.register(client));
    for (const feature of features) await background(log, 'set-up', () => feature.ready?.(server));
  });

  for (const feature of features) feature.listen(server);
  documents.listen(connection);
  connection.listen();
}
