/** The outline of a spec. */
import type { Feature } from '../server';

export const symbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: true }),
  listen: ({ connection, documents, json, client, safely }) => {
    connection.onDocumentSymbol(
      safely('textDocument/documentSymbol', ({ textDocument }) => {
        const document = documents.get(textDocument.uri);
        if (!document) return [];
        const nested = client().textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport;
        return nested
          ? json.findDocumentSymbols2(document.text, document.json)
          : json.findDocumentSymbols(document.text, document.json);
      }),
    );
  },
};
