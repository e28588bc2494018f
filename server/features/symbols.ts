/** The outline of a spec. */
import type { Feature } from '../server';

/** Entries of an outline: more than anyone scrolls through. */
const most = 5000;

export const symbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: true }),
  listen: ({ connection, documents, json, client, status, safely }) => {
    connection.onDocumentSymbol(
      safely('textDocument/documentSymbol', ({ textDocument }) => {
        const document = documents.get(textDocument.uri);
        if (!document) return [];
        const nested = client().textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport;
        let cut = false;
        const context = {
          resultLimit: most,
          onResultLimitExceeded: () => {
            cut = true;
          },
        };
        const found = nested
          ? json.findDocumentSymbols2(document.text, document.json, context)
          : json.findDocumentSymbols(document.text, document.json, context);
        status.limited(document.uri, 'outline', cut ? most : undefined);
        return found;
      }),
    );
  },
};
