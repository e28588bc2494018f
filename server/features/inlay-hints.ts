/** Inlay hints: what the plan says of a spec, beside what it is said of. Each kind can be switched off. */
import type { InlayHint } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { sources } from '../hints/sources';
import type { SpecFacts } from '../plans/plan-facts';
import { background } from '../safe';
import type { Feature } from '../server';
import type { ServerSettings } from '../settings';

export const inlayHints: Feature = {
  capabilities: () => ({ inlayHintProvider: { resolveProvider: false } }),
  listen: ({ connection, documents, plans, settings, client, safely }) => {
    const refreshes = () => client().workspace?.inlayHint?.refreshSupport === true;
    connection.languages.inlayHint.on(
      safely('textDocument/inlayHint', async ({ textDocument, range }, token) => {
        const { inlayHints: shown } = await settings.of(textDocument.uri);
        const document = documents.get(textDocument.uri);
        if (!document?.tree || token.isCancellationRequested) return [];
        // An editor that cannot be told to ask again gets its one answer when it is complete.
        const facts = refreshes() ? plans.of(document) : await plans.complete(document);
        const [from, to] = [document.text.offsetAt(range.start), document.text.offsetAt(range.end)];
        return hintsOf(document, facts, shown).filter(({ position }) => {
          const at = document.text.offsetAt(position);
          return from <= at && at <= to;
        });
      }),
    );
    const refresh = () => {
      // an editor that refuses is no reason to end
      if (refreshes())
        void background(connection.console, 'asking for hints', () => connection.languages.inlayHint.refresh());
    };
    plans.onChange(refresh);
    settings.onChange(refresh);
  },
};

function hintsOf(
  document: SpecDocument,
  facts: SpecFacts | undefined,
  shown: ServerSettings['inlayHints'],
): InlayHint[] {
  const { tree, text } = document;
  if (!tree) return [];
  return sources
    .flatMap((source) => source({ document, tree, facts }))
    .filter(({ kind }) => shown[kind])
    .map(({ node, label, tooltip }) => ({
      position: text.positionAt(node.offset + node.length),
      label,
      paddingLeft: true,
      tooltip: { kind: 'markdown', value: tooltip },
    }));
}
