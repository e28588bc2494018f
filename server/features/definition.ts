/** From a name, or the data set of a split, to the key that defines it, here or in a spec that this one extends. */
import { readFile } from 'node:fs/promises';
import type { LanguageService } from 'vscode-json-languageservice';
import type { DefinitionLink } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { Documents, SpecDocument } from '../documents';
import { definitionOf, definitionsIn, type Spot, spotAt } from '../names';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  listen: ({ connection, documents, json, client, safely }) => {
    connection.onDefinition(
      safely('textDocument/definition', async ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        const spot = document && spotAt(document.tree, document.text.offsetAt(position));
        const link = spot && (await linkTo(document, spot, documents, json));
        if (!link) return null;
        if (client().textDocument?.definition?.linkSupport) return [link];
        return [{ uri: link.targetUri, range: link.targetSelectionRange }];
      }),
    );
  },
};

type Text = Pick<SpecDocument, 'text' | 'json'>;

/** The nearest definition wins: that is the one which counts. */
async function linkTo(
  document: SpecDocument,
  spot: Spot,
  documents: Documents,
  json: LanguageService,
): Promise<DefinitionLink | undefined> {
  const own = linkInto(document, spot);
  if (own) return { originSelectionRange: rangeOf(document.text, spot.node), ...own };
  for (const file of document.spec.bases) {
    const base = await open(file, documents, json);
    const found = base && linkInto(base, spot);
    if (found) return { originSelectionRange: rangeOf(document.text, spot.node), ...found };
  }
  return undefined;
}

function linkInto({ text, json }: Text, spot: Spot): DefinitionLink | undefined {
  const target = definitionOf(definitionsIn(json.root), spot);
  return (
    target && {
      targetUri: text.uri,
      targetRange: rangeOf(text, target.key.parent ?? target.key),
      targetSelectionRange: rangeOf(text, target.key),
    }
  );
}

/** A spec as it stands in the editor, else on disk; undefined if it is not there: that is a diagnostic's business. */
async function open(file: string, documents: Documents, json: LanguageService): Promise<Text | undefined> {
  const uri = URI.file(file).toString();
  const shown = documents.get(uri);
  if (shown) return shown;
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  const text = TextDocument.create(uri, 'medpeft', 0, content);
  return { text, json: json.parseJSONDocument(text) };
}
