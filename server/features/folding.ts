/** Folding of objects, lists and comments. */
import type { Feature } from '../server';

export const folding: Feature = {
  capabilities: () => ({ foldingRangeProvider: true }),
  listen: ({ connection, documents, json, client, status, safely }) => {
    connection.onFoldingRanges(
      safely('textDocument/foldingRange', ({ textDocument }) => {
        const document = documents.get(textDocument.uri);
        const rangeLimit = client().textDocument?.foldingRange?.rangeLimit;
        if (!document) return [];
        let cut = false;
        const onRangeLimitExceeded = () => {
          cut = true;
        };
        const found = json.getFoldingRanges(document.text, { rangeLimit, onRangeLimitExceeded });
        status.limited(document.uri, 'folding', cut ? rangeLimit : undefined);
        return found;
      }),
    );
  },
};
