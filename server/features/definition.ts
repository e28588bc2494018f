/** From a name, or the data set of a split, to the key that defines it. */
import type { DefinitionLink } from 'vscode-languageserver/node';
import { definitionOf, definitionsIn, spotAt } from '../names';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  listen: ({ connection, documents, client, safely }) => {
    connection.onDefinition(
      safely('textDocument/definition', ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        const spot = document && spotAt(document.tree, document.text.offsetAt(position));
        const target = spot && definitionOf(definitionsIn(document.tree), spot);
        if (!target) return null;
        const { uri, text } = document;
        const targetSelectionRange = rangeOf(text, target.key);
        const whole = target.key.parent ?? target.key;
        const link: DefinitionLink = {
          originSelectionRange: rangeOf(text, spot.node),
          targetUri: uri,
          targetRange: rangeOf(text, whole),
          targetSelectionRange,
        };
        return client().textDocument?.definition?.linkSupport ? [link] : [{ uri, range: targetSelectionRange }];
      }),
    );
  },
};
