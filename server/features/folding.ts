/** Folding of objects, lists and comments. */
import type { Feature } from '../server';

export const folding: Feature = {
  capabilities: () => ({ foldingRangeProvider: true }),
  listen: ({ connection, documents, json, client, safely }) => {
    connection.onFoldingRanges(
      safely('textDocument/foldingRange', ({ textDocument }) => {
        const document = documents.get(textDocument.uri);
        const rangeLimit = client().textDocument?.foldingRange?.rangeLimit;
        return document ? json.getFoldingRanges(document.text, { rangeLimit }) : [];
      }),
    );
  },
};
