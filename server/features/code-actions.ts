/** Quick fixes: the nearest known word that a diagnostic names. */
import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import type { Feature } from '../server';
import type { DiagnosticData } from './diagnostics';

export const codeActions: Feature = {
  capabilities: () => ({ codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] } }),
  listen: ({ connection, documents, safely }) => {
    connection.onCodeAction(
      safely('textDocument/codeAction', ({ textDocument, context }): CodeAction[] => {
        const document = documents.get(textDocument.uri);
        const wanted = context.only?.some((kind) => CodeActionKind.QuickFix.startsWith(kind)) ?? true;
        if (!document || !wanted) return [];
        return context.diagnostics.flatMap((diagnostic) => changeTo(document, diagnostic) ?? []);
      }),
    );
  },
};

function changeTo(document: SpecDocument, diagnostic: Diagnostic): CodeAction | undefined {
  const suggestion = (diagnostic.data as DiagnosticData | undefined)?.suggestion;
  if (diagnostic.source !== 'medpeft' || suggestion === undefined) return undefined;
  // Diagnostics mark words without their quotes, except an empty one.
  const literal = JSON.stringify(suggestion);
  const empty = document.text.getText(diagnostic.range) === '""';
  const newText = empty ? literal : literal.slice(1, -1);
  return {
    title: `Change to '${suggestion}'`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    isPreferred: true,
    edit: { changes: { [document.uri]: [{ range: diagnostic.range, newText }] } },
  };
}
