/** Workspace symbols: the names that all specs of the workspace define. */
import { type SymbolInformation, SymbolKind } from 'vscode-languageserver/node';
import { definitionsIn } from '../names';
import type { Section } from '../places';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

const kinds: Readonly<Record<Section, SymbolKind>> = {
  models: SymbolKind.Class,
  datasets: SymbolKind.Array,
  tasks: SymbolKind.Event,
  parameter_groups: SymbolKind.Field,
  adapters: SymbolKind.Struct,
  methods: SymbolKind.Method,
};

/** More than anyone reads. */
const most = 512;

export const workspaceSymbols: Feature = {
  capabilities: () => ({ workspaceSymbolProvider: true }),
  listen: ({ connection, texts, safely }) => {
    connection.onWorkspaceSymbol(
      safely('workspace/symbol', async ({ query }, token): Promise<SymbolInformation[]> => {
        const found: SymbolInformation[] = [];
        for (const spec of await texts.all()) {
          if (token.isCancellationRequested || found.length >= most) break;
          for (const { section, name, key } of definitionsIn(spec.tree))
            if (isIn(query, name))
              found.push({
                name,
                kind: kinds[section],
                containerName: section,
                location: { uri: spec.text.uri, range: rangeOf(spec.text, key) },
              });
        }
        return found.slice(0, most);
      }),
    );
  },
};

/** Whether the letters of a query stand in a name in their order: what editors that filter again expect. */
function isIn(query: string, name: string): boolean {
  const letters = [...query.toLowerCase()];
  let from = 0;
  return letters.every((letter) => {
    const at = name.toLowerCase().indexOf(letter, from);
    from = at + 1;
    return at >= 0;
  });
}
