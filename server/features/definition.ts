/** From a name, or the data set of a split, to the key that defines it, here or in a spec that this one extends; from a cell of a grid to the grid. */
import type { DefinitionLink } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { definitionOf, definitionsIn, type Spot, spotAt } from '../names';
import { cellsOf } from '../naming/cells';
import type { SpecText, SpecTexts } from '../naming/spec-texts';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  listen: ({ connection, documents, texts, client, safely }) => {
    connection.onDefinition(
      safely('textDocument/definition', async ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        const spot = document && spotAt(document.tree, document.text.offsetAt(position));
        const link = spot && (await linkTo(document, spot, texts));
        if (!link) return null;
        if (client().textDocument?.definition?.linkSupport) return [link];
        return [{ uri: link.targetUri, range: link.targetSelectionRange }];
      }),
    );
  },
};

/** The nearest definition wins: that is the one which counts. */
async function linkTo(document: SpecDocument, spot: Spot, texts: SpecTexts): Promise<DefinitionLink | undefined> {
  const specs: SpecText[] = [document, ...(await texts.basesOf(document))];
  const find = (wanted: Spot): DefinitionLink | undefined => {
    for (const { text, tree } of specs) {
      const target = definitionOf(definitionsIn(tree), wanted);
      if (target)
        return {
          originSelectionRange: rangeOf(document.text, spot.node),
          targetUri: text.uri,
          targetRange: rangeOf(text, target.key.parent ?? target.key),
          targetSelectionRange: rangeOf(text, target.key),
        };
    }
    return undefined;
  };
  const found = find(spot);
  if (found) return found;
  const grid = cellsOf(specs.map(({ tree }) => tree)).find(({ name }) => name === spot.text)?.from;
  return grid === undefined ? undefined : find({ ...spot, text: grid });
}
