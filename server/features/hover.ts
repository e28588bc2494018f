/** Hover: what a key means and defaults to, from the schema; what a name stands for and selects, from the spec and the checkpoint. */
import type { Hover } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { mergedAt } from '../hovers/merged';
import { replacedAt } from '../hovers/origin';
import { promptsAt } from '../hovers/prompts';
import { hoverRequest } from '../hovers/request';
import { explained } from '../hovers/sources';
import type { SpecText } from '../naming/spec-texts';
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
        const offset = document.text.offsetAt(position);
        const chain = [document, ...(await server.texts.basesOf(document))];
        const own = await hoverOfName(server, document, offset, chain);
        if (own) return own;
        const known = await server.json.doHover(document.text, position, document.jsonAround(offset));
        const more = [
          ...replacedAt(chain, offset),
          ...mergedAt(document, offset, chain),
          ...promptsAt(document, offset),
        ];
        return known && withMore(known, more);
      }),
    );
  },
};

async function hoverOfName(
  { facts, plans }: Server,
  document: SpecDocument,
  offset: number,
  chain: readonly SpecText[],
): Promise<Hover | undefined> {
  const found = hoverRequest(document, offset, { facts, plans, chain });
  if (!found) return undefined;
  const paragraphs = await explained(found.request);
  if (paragraphs.length === 0) return undefined;
  return {
    contents: { kind: 'markdown', value: paragraphs.join('\n\n') },
    range: rangeOf(document.text, found.spot.node),
  };
}

/** What the schema says, and what this spec makes of it. */
function withMore(hover: Hover, more: readonly string[]): Hover {
  const { contents } = hover;
  const said = Array.isArray(contents) ? contents : [contents];
  const texts = said.map((one) => (typeof one === 'string' ? one : one.value));
  return more.length === 0
    ? hover
    : { ...hover, contents: { kind: 'markdown', value: [...texts, ...more].join('\n\n') } };
}
