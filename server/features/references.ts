/** References: every place where a name of the spec stands, across `extends`; and the same within one text, as highlights. */
import { DocumentHighlightKind, type Location } from 'vscode-languageserver/node';
import { placesOf, specsOf, thingAt } from '../naming/symbol';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const references: Feature = {
  capabilities: () => ({ referencesProvider: true, documentHighlightProvider: true }),
  listen: ({ connection, documents, texts, safely }) => {
    connection.onReferences(
      safely('textDocument/references', async ({ textDocument, position, context }): Promise<Location[]> => {
        const document = documents.get(textDocument.uri);
        const thing = document && (await thingAt(texts, document, document.text.offsetAt(position)));
        return (thing ? placesOf(thing, await specsOf(texts, thing)) : [])
          .filter(({ occurrence }) => context.includeDeclaration || occurrence.is === 'use')
          .map(({ spec, occurrence }) => ({ uri: spec.text.uri, range: rangeOf(spec.text, occurrence) }));
      }),
    );
    connection.onDocumentHighlight(
      safely('textDocument/documentHighlight', async ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        const thing = document && (await thingAt(texts, document, document.text.offsetAt(position)));
        return (thing ? placesOf(thing, [document]) : []).map(({ spec, occurrence }) => ({
          range: rangeOf(spec.text, occurrence),
          kind: occurrence.is === 'definition' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        }));
      }),
    );
  },
};
