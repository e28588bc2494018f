/** Growing a selection: literal, property, object, list. */
import type { Feature } from '../server';

export const selectionRanges: Feature = {
  capabilities: () => ({ selectionRangeProvider: true }),
  listen: ({ connection, documents, json, safely }) => {
    connection.onSelectionRanges(
      safely('textDocument/selectionRange', ({ textDocument, positions }) => {
        const document = documents.get(textDocument.uri);
        return document ? json.getSelectionRanges(document.text, positions, document.json) : [];
      }),
    );
  },
};
