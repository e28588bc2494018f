/** Completion: our own values where names, splits, metrics and paths stand; the schema everywhere else. A name is explained when somebody looks at it. */
import type { CompletionItem, CompletionList } from 'vscode-languageserver/node';
import { type CompletionRequest, completionRequest, type NamedItem } from '../completions/request';
import { sources } from '../completions/sources';
import type { Facts } from '../facts';
import { requestFor } from '../hovers/request';
import { explained } from '../hovers/sources';
import type { Feature } from '../server';

export const completion: Feature = {
  capabilities: () => ({ completionProvider: { triggerCharacters: ['"', ':', '/'], resolveProvider: true } }),
  listen: ({ connection, documents, json, facts, plans, texts, safely }) => {
    connection.onCompletion(
      safely('textDocument/completion', async ({ textDocument, position }): Promise<CompletionList | null> => {
        const document = documents.get(textDocument.uri);
        if (!document) return null;
        const offset = document.text.offsetAt(position);
        const request = completionRequest(document, offset);
        if (request === 'nothing') return { isIncomplete: false, items: [] };
        const items = request === 'schema' ? undefined : answerOf(request, facts);
        if (items) return { isIncomplete: false, items: await items };
        return json.doComplete(document.text, position, document.jsonAround(offset));
      }),
    );
    connection.onCompletionResolve(
      safely('completionItem/resolve', async (item): Promise<CompletionItem> => {
        const { uri, section, name } = (item.data ?? {}) as Partial<NamedItem>;
        const document = uri === undefined ? undefined : documents.get(uri);
        if (!document || section === undefined || name === undefined) return item;
        const chain = [document, ...(await texts.basesOf(document))];
        const request = requestFor({ document, facts, plans, chain }, section, name);
        if (!request) return item;
        return { ...item, documentation: { kind: 'markdown', value: (await explained(request)).join('\n\n') } };
      }),
    );
  },
};

/** Which source answers depends on the place alone: at most one does. */
function answerOf(request: CompletionRequest, facts: Facts) {
  return sources.map((source) => source(request, facts)).find((answer) => answer !== undefined);
}
