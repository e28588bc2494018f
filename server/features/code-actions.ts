/** Quick fixes for diagnostics, conversion of other tools' settings, "fix all" of what has one likely remedy, and sorting of keys. */
import { type CodeAction, CodeActionKind, type Diagnostic, type TextEdit } from 'vscode-languageserver/node';
import { conversions } from '../conversions/actions';
import { isWhole, type SpecDocument } from '../documents';
import type { Fix, FixRequest } from '../fixes/fix';
import { sources } from '../fixes/sources';
import type { Feature, Server } from '../server';
import { sortKeys } from '../sorting';
import type { DiagnosticData } from './diagnostics';

const fixAllKind = `${CodeActionKind.SourceFixAll}.medpeft`;
const sortKind = `${CodeActionKind.Source}.sortKeys.medpeft`;

export const codeActions: Feature = {
  capabilities: () => ({ codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind, sortKind] } }),
  listen: ({ connection, documents, facts, json, safely }) => {
    connection.onCodeAction(
      safely('textDocument/codeAction', async ({ textDocument, range, context }): Promise<CodeAction[]> => {
        const document = documents.get(textDocument.uri);
        if (!document) return [];
        const wanted = (kind: string) =>
          context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ??
          kind === CodeActionKind.QuickFix;
        const quick = wanted(CodeActionKind.QuickFix)
          ? [...(await quickFixes(document, context.diagnostics, facts)), ...conversions(document, range)]
          : [];
        return [
          ...quick,
          ...(wanted(fixAllKind) ? await fixAll(document, facts) : []),
          ...(wanted(sortKind) ? await sort(document, json) : []),
        ];
      }),
    );
  },
};

async function quickFixes(
  document: SpecDocument,
  diagnostics: readonly Diagnostic[],
  facts: Server['facts'],
): Promise<CodeAction[]> {
  const fixes = diagnostics.map(async (diagnostic): Promise<CodeAction[]> => {
    const { suggestion, path } = (diagnostic.data ?? {}) as DiagnosticData;
    if (diagnostic.source !== 'medpeft') return [];
    const { range, code, message: said } = diagnostic;
    const message = typeof said === 'string' ? said : said.value;
    const told = { range, message };
    const request = { document, diagnostic: told, code: String(code), path: path ?? [], suggestion, facts };
    return (await fixesFor(request)).map(({ title, edits, preferred }) => ({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      ...(preferred ? { isPreferred: true } : {}),
      edit: { changes: { [document.uri]: edits } },
    }));
  });
  return (await Promise.all(fixes)).flat();
}

async function fixesFor(request: FixRequest): Promise<Fix[]> {
  return (await Promise.all(sources.map((source) => source(request)))).flat();
}

/** The first likely remedy of every mistake that the text alone tells; of two that touch each other the earlier. */
async function fixAll(document: SpecDocument, facts: Server['facts']): Promise<CodeAction[]> {
  const fixes = await Promise.all(
    document.spec.diagnostics.map(async ({ code, path, range, message, suggestion }) =>
      (await fixesFor({ document, diagnostic: { range, message }, code, path, suggestion, facts })).find(
        ({ preferred }) => preferred,
      ),
    ),
  );
  const edits: TextEdit[] = [];
  let end = -1;
  for (const edit of fixes.flatMap((fix) => fix?.edits ?? []).sort(byPlace(document))) {
    const from = document.text.offsetAt(edit.range.start);
    if (from <= end) continue;
    end = document.text.offsetAt(edit.range.end);
    edits.push(edit);
  }
  if (edits.length === 0) return [];
  return [{ title: 'Fix all MedPEFT problems', kind: fixAllKind, edit: { changes: { [document.uri]: edits } } }];
}

async function sort(document: SpecDocument, json: Server['json']): Promise<CodeAction[]> {
  const edits = isWhole(document) ? await sortKeys(document, json) : [];
  if (edits.length === 0) return [];
  return [{ title: "Sort keys in the schema's order", kind: sortKind, edit: { changes: { [document.uri]: edits } } }];
}

const byPlace =
  ({ text }: SpecDocument) =>
  (a: TextEdit, b: TextEdit) =>
    text.offsetAt(a.range.start) - text.offsetAt(b.range.start);
