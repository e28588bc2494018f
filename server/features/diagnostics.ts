/** Diagnostics: pulled by editors that can, pushed to the others; announced again when a file that the spec depends on changes. */

import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  type Diagnostic as LspDiagnostic,
  ResponseError,
} from 'vscode-languageserver/node';
import { codes } from '../../runner/codes';
import type { Diagnostic } from '../../runner/errors';
import { createChecker } from '../checks/checker';
import { dependsOn } from '../checks/dependencies';
import { withSeverities } from '../checks/severities';
import type { SpecDocument } from '../documents';
import { collectYoung } from '../garbage';
import { createLater, whatHasCome } from '../later';
import { background } from '../safe';
import type { Feature } from '../server';

/** What a diagnostic carries for quick fixes. */
export interface DiagnosticData {
  /** The text that should stand at the range. */
  suggestion?: string;
  /** Keys from the root of the spec to the place. */
  path: (string | number)[];
}

/** Milliseconds that diagnostics let other answers go first: what is asked behind a key is waited for, a mark under a word is not. */
const pause = 15;

export const diagnostics: Feature = {
  capabilities: ({ textDocument }) =>
    textDocument?.diagnostic
      ? { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false } }
      : {},
  listen(server) {
    const { connection, documents, settings, watched, client, safely } = server;
    const pulls = () => client().textDocument?.diagnostic !== undefined;
    const refreshes = () => client().workspace?.diagnostics?.refreshSupport === true;
    const shown = async (uri: string, found: readonly Diagnostic[]) =>
      withSeverities(found, (await settings.of(uri)).severities).map((diagnostic) => toLsp(uri, diagnostic));
    const push = (document: SpecDocument, found: Diagnostic[]) =>
      background(connection.console, 'diagnostics', async () => {
        const { uri, version } = document;
        const diagnostics = await shown(uri, found);
        collectYoung();
        if (documents.get(uri) === document) await connection.sendDiagnostics({ uri, version, diagnostics });
      });

    const checker = createChecker(server, (document) => {
      if (!pulls()) void push(document, checker.current(document));
      else if (refreshes())
        void background(connection.console, 'asking for diagnostics', () => connection.languages.diagnostics.refresh());
    });

    const later = createLater(pause);
    documents.onChange((uri) => {
      checker.plan(uri);
      if (pulls()) return;
      later.plan(uri, () =>
        background(connection.console, 'diagnostics', async () => {
          const document = documents.get(uri);
          if (document) await push(document, checker.current(document));
        }),
      );
    });
    documents.onClose((uri) => {
      later.forget(uri);
      checker.forget(uri);
      if (!pulls()) connection.sendDiagnostics({ uri, diagnostics: [] });
    });

    connection.languages.diagnostics.on(
      safely('textDocument/diagnostic', async ({ textDocument }, token) => {
        await wait(pause);
        await whatHasCome();
        if (token.isCancellationRequested)
          throw new ResponseError(LSPErrorCodes.RequestCancelled, 'a newer text has come');
        const document = documents.get(textDocument.uri);
        // An editor that cannot be told to ask again gets its one answer when it is complete.
        const found = document ? await (refreshes() ? checker.current(document) : checker.complete(document)) : [];
        const items = await shown(textDocument.uri, found);
        collectYoung();
        return { kind: DocumentDiagnosticReportKind.Full, items };
      }),
    );

    const recheck = (changed: string[]) => {
      const concerned = documents.all().filter((document) => dependsOn(document, changed));
      documents.changed(changed);
      for (const { uri } of concerned) {
        documents.reread(uri);
        checker.plan(uri);
      }
    };
    settings.onChange(() => {
      for (const { uri } of documents.all()) checker.plan(uri);
    });
    watched.onChange(recheck);
    documents.onBase((file) =>
      background(connection.console, 'specs that extend another', () => {
        for (const { uri, spec } of documents.all()) if (spec.bases.includes(file)) checker.plan(uri);
      }),
    );
    documents.onSave(({ file }) => background(connection.console, 'saved file', () => recheck([file])));
  },
};

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

/** The page that explains the codes lies beside the bundle. */
const page = pathToFileURL(path.resolve(import.meta.dirname, '..', 'docs', 'diagnostics.md')).toString();

function toLsp(uri: string, diagnostic: Diagnostic): LspDiagnostic {
  const { code, severity, message, hint, range, path: keys, suggestion, related } = diagnostic;
  const data: DiagnosticData = { suggestion, path: keys };
  return {
    range,
    severity: severities[severity],
    code,
    codeDescription: { href: `${page}#${anchorOf(`${code} ${codes[code]}`)}` },
    source: 'medpeft',
    message: hint ? `${message}\n${hint}` : message,
    ...(related
      ? {
          relatedInformation: related.map((other) => ({
            location: { uri, range: other.range },
            message: other.message,
          })),
        }
      : {}),
    data,
  };
}

/** The anchor that Markdown gives a heading: lower case, punctuation dropped, blanks to hyphens. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
