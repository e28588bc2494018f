/** Hover: what a key means and defaults to, from the schema; what a name stands for and selects, from the spec and the checkpoint. */
import type { Hover } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { hoverRequest } from '../hovers/request';
import { sources } from '../hovers/sources';
import { rangeOf } from '../ranges';
import type { Feature, Server } from '../server';

export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  listen: (server) => {
    const { connection, documents, safely } = server;
    connection.onHover(
      safely('textDocument/hover', async ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        if (!document) return null;
        const own = await hoverOfName(server, document, document.text.offsetAt(position));
        return own ?? server.json.doHover(document.text, position, document.json);
      }),
    );
  },
};

async function hoverOfName({ facts }: Server, document: SpecDocument, offset: number): Promise<Hover | undefined> {
  const request = hoverRequest(document, offset, facts);
  if (!request) return undefined;
  const paragraphs = (await Promise.all(sources.map((source) => source(request)))).flat();
  if (paragraphs.length === 0) return undefined;
  return {
    contents: { kind: 'markdown', value: paragraphs.join('\n\n') },
    range: rangeOf(document.text, request.spot.node),
  };
}
