/** Run, Dry Run, Compare, Resume and the last result, above a spec and above each of its methods. The commands belong to the editor's client. */
import type { CodeLens, Command } from 'vscode-languageserver/node';
import { lastResult, progressTitle, resultTitle, resumable } from '../lenses/results';
import { definitionsIn } from '../names';
import type { RunFacts } from '../plans/plan-facts';
import { rangeOf } from '../ranges';
import { background } from '../safe';
import type { Feature } from '../server';

/** Argument of `medpeft.run`, `medpeft.dryRun` and `medpeft.showResults`. */
export interface RunArgument {
  /** URI of the spec. */
  spec: string;
  /** Only these methods; absent = all. */
  methods?: string[];
}

/** Argument of `medpeft.resume` and `medpeft.showResults`: one run. */
export interface FolderArgument {
  kind: 'run';
  folder: string;
}

const run = (argument: RunArgument): Command => ({
  title: '$(play) Run',
  command: 'medpeft.run',
  arguments: [argument],
});

const dryRun = (argument: RunArgument): Command => ({
  title: '$(beaker-stop) Dry Run',
  tooltip: 'Tries each run on a few items; leaves nothing behind',
  command: 'medpeft.dryRun',
  arguments: [argument],
});

export const codeLenses: Feature = {
  capabilities: () => ({ codeLensProvider: { resolveProvider: false } }),
  listen: ({ connection, documents, plans, settings, client, safely }) => {
    const refreshes = () => client().workspace?.codeLens?.refreshSupport === true;
    connection.onCodeLens(
      safely('textDocument/codeLens', async ({ textDocument: { uri } }): Promise<CodeLens[]> => {
        const { codeLens: shown } = await settings.of(uri);
        const document = documents.get(uri);
        if (document?.tree?.type !== 'object') return [];
        const wantsResults = shown.results && document.onDisk;
        const facts = wantsResults && (refreshes() ? plans.of(document) : await plans.complete(document));
        const runs = facts ? facts.runs : [];
        const top = rangeOf(document.text, { offset: document.tree.offset, length: 1 });
        const compare = { title: '$(graph) Compare', command: 'medpeft.showResults', arguments: [{ spec: uri }] };
        const progress = facts ? progressTitle(facts) : undefined;
        const ofSpec = [
          ...(shown.run ? [run({ spec: uri }), dryRun({ spec: uri })] : []),
          ...(shown.results ? [compare] : []),
          ...(progress ? [{ ...compare, title: progress }] : []),
        ];
        return [
          ...ofSpec.map((command) => ({ range: top, command })),
          ...definitionsIn(document.tree)
            .filter(({ section }) => section === 'methods')
            .flatMap(({ name, key }) =>
              [
                ...(shown.run ? [run, dryRun].map((of) => of({ spec: uri, methods: [name] })) : []),
                ...ofMethod(runs.filter(({ method }) => method === name)),
              ].map((command) => ({ range: rangeOf(document.text, key), command })),
            ),
        ];
      }),
    );
    const refresh = () => {
      // an editor that refuses is no reason to end
      if (refreshes())
        void background(connection.console, 'asking for lenses', () =>
          connection.sendRequest('workspace/codeLens/refresh'),
        );
    };
    plans.onChange(refresh);
    settings.onChange(refresh);
  },
};

function ofMethod(runs: readonly RunFacts[]): Command[] {
  const stopped = resumable(runs);
  const last = lastResult(runs);
  const argument = ({ folder }: RunFacts): FolderArgument => ({ kind: 'run', folder });
  return [
    ...(stopped
      ? [{ title: '$(debug-continue) Resume', command: 'medpeft.resume', arguments: [argument(stopped)] }]
      : []),
    ...(last ? [{ title: resultTitle(last), command: 'medpeft.showResults', arguments: [argument(last)] }] : []),
  ];
}
