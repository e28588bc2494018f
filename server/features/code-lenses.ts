/** Run and Show Results above a spec, Run above each of its methods. The commands belong to the editor's client. */
import type { CodeLens } from 'vscode-languageserver/node';
import { definitionsIn } from '../names';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

/** Argument of `medpeft.run` and `medpeft.showResults`. */
export interface RunArgument {
  /** URI of the spec. */
  spec: string;
  /** Only these methods; absent = all. */
  methods?: string[];
}

const run = (title: string, argument: RunArgument) => ({ title, command: 'medpeft.run', arguments: [argument] });

export const codeLenses: Feature = {
  capabilities: () => ({ codeLensProvider: { resolveProvider: false } }),
  listen: ({ connection, documents, safely }) => {
    connection.onCodeLens(
      safely('textDocument/codeLens', ({ textDocument: { uri } }): CodeLens[] => {
        const document = documents.get(uri);
        if (document?.tree?.type !== 'object') return [];
        const top = rangeOf(document.text, { offset: document.tree.offset, length: 1 });
        const results = { title: '$(graph) Show Results', command: 'medpeft.showResults', arguments: [{ spec: uri }] };
        return [
          { range: top, command: run('$(play) Run', { spec: uri }) },
          { range: top, command: results },
          ...definitionsIn(document.tree)
            .filter(({ section }) => section === 'methods')
            .map(({ name, key }) => ({
              range: rangeOf(document.text, key),
              command: run('$(play) Run', { spec: uri, methods: [name] }),
            })),
        ];
      }),
    );
  },
};
