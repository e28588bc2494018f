/** Links from the paths of a spec to the files that they name; what does not exist gets a diagnostic instead. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DocumentLink } from 'vscode-languageserver/node';
import { URI } from 'vscode-uri';
import { type PathPlace, pathsIn, resolveFrom } from '../paths';
import { insideOf } from '../ranges';
import type { Feature } from '../server';

export const links: Feature = {
  capabilities: () => ({ documentLinkProvider: { resolveProvider: false } }),
  listen: ({ connection, documents, safely }) => {
    connection.onDocumentLinks(
      safely('textDocument/documentLink', async ({ textDocument }): Promise<DocumentLink[]> => {
        const document = documents.get(textDocument.uri);
        if (!document?.onDisk) return [];
        const found = await Promise.all(
          pathsIn(document.tree).map(async ({ node, place }) => {
            const target = await targetOf(place, resolveFrom(document, String(node.value)));
            return target === undefined
              ? []
              : [{ range: insideOf(document.text, node), target: URI.file(target).toString() }];
          }),
        );
        return found.flat();
      }),
    );
  },
};

/** An editor opens files, not folders: a model's link opens its configuration. */
async function targetOf(place: PathPlace, file: string): Promise<string | undefined> {
  const target = place.of === 'model' ? path.join(file, 'config.json') : file;
  const found = await stat(target).catch(() => undefined);
  return found && target;
}
