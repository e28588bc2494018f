/** Rename of every name that a spec defines, in all specs that share it. */
import type { WorkspaceEdit } from 'vscode-languageserver/node';
import { renameThing, type TextEdits } from '../naming/rename';
import { thingAt } from '../naming/symbol';
import { rangeOf } from '../ranges';
import type { Feature } from '../server';

export const rename: Feature = {
  capabilities: ({ textDocument }) => ({
    renameProvider: textDocument?.rename?.prepareSupport ? { prepareProvider: true } : true,
  }),
  listen: ({ connection, documents, texts, json, client, safely }) => {
    connection.onPrepareRename(
      safely('textDocument/prepareRename', async ({ textDocument, position }) => {
        const document = documents.get(textDocument.uri);
        const thing = document && (await thingAt(texts, document, document.text.offsetAt(position)));
        return thing ? { range: rangeOf(document.text, thing.here), placeholder: thing.name } : null;
      }),
    );
    connection.onRenameRequest(
      safely('textDocument/rename', async ({ textDocument, position, newName }) => {
        const document = documents.get(textDocument.uri);
        const thing = document && (await thingAt(texts, document, document.text.offsetAt(position)));
        if (!thing) return null;
        const changed = await renameThing(thing, newName, { texts, json });
        return asEdit(changed, client().workspace?.workspaceEdit?.documentChanges === true);
      }),
    );
  },
};

/** With the version that each text was read at, where the editor can refuse an edit of an older one. */
function asEdit(changed: readonly TextEdits[], versioned: boolean): WorkspaceEdit {
  if (!versioned) return { changes: Object.fromEntries(changed.map(({ spec, edits }) => [spec.text.uri, edits])) };
  return {
    documentChanges: changed.map(({ spec: { text, version }, edits }) => ({
      textDocument: { uri: text.uri, version },
      edits,
    })),
  };
}
