/** Completion: our own values where names, splits, metrics and paths stand; the schema everywhere else. */
import type { CompletionList } from 'vscode-languageserver/node';
import { type CompletionRequest, completionRequest } from '../completions/request';
import { sources } from '../completions/sources';
import type { Facts } from '../facts';
import type { Feature } from '../server';

export const completion: Feature = {
  capabilities: () => ({ completionProvider: { triggerCharacters: ['"', ':', '/'], resolveProvider: false } }),
  listen: ({ connection, documents, json, facts, safely }) => {
    connection.onCompletion(
      safely('textDocument/completion', async ({ textDocument, position }): Promise<CompletionList | null> => {
        const document = documents.get(textDocument.uri);
        if (!document) return null;
        const request = completionRequest(document, document.text.offsetAt(position));
        if (request === 'nothing') return { isIncomplete: false, items: [] };
        const items = request === 'schema' ? undefined : answerOf(request, facts);
        if (items) return { isIncomplete: false, items: await items };
        return json.doComplete(document.text, position, document.json);
      }),
    );
  },
};

/** Which source answers depends on the place alone: at most one does. */
function answerOf(request: CompletionRequest, facts: Facts) {
  return sources.map((source) => source(request, facts)).find((answer) => answer !== undefined);
}
