/** Formatting of the whole text or a range; comments stay. */
import type { Feature } from '../server';

export const formatting: Feature = {
  capabilities: () => ({ documentFormattingProvider: true, documentRangeFormattingProvider: true }),
  listen: ({ connection, documents, json, safely }) => {
    connection.onDocumentFormatting(
      safely('textDocument/formatting', ({ textDocument, options }) => {
        const document = documents.get(textDocument.uri);
        return document ? json.format(document.text, undefined, options) : [];
      }),
    );
    connection.onDocumentRangeFormatting(
      safely('textDocument/rangeFormatting', ({ textDocument, range, options }) => {
        const document = documents.get(textDocument.uri);
        return document ? json.format(document.text, range, options) : [];
      }),
    );
  },
};
