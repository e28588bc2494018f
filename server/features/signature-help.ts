/** Signature help for values that are made of parts: `rad/train`, `8-11,3`, `adapters.lora8.rank`. */
import { findNodeAtOffset } from 'jsonc-parser';
import { MarkupKind, type SignatureHelp } from 'vscode-languageserver/node';
import type { Feature } from '../server';
import { compoundAt } from '../signatures/compound';

export const signatureHelp: Feature = {
  capabilities: () => ({
    signatureHelpProvider: { triggerCharacters: ['"', '/', '.', '-', ','], retriggerCharacters: ['/', '.', ','] },
  }),
  listen: ({ connection, documents, safely }) => {
    connection.onSignatureHelp(
      safely('textDocument/signatureHelp', ({ textDocument, position }): SignatureHelp | null => {
        const document = documents.get(textDocument.uri);
        const offset = document?.text.offsetAt(position) ?? 0;
        const node = document?.tree && findNodeAtOffset(document.tree, offset, true);
        // before the first quote and behind the last one nothing is being typed
        const inside =
          node && node.offset < offset && (offset < node.offset + node.length || !isClosed(document, node));
        if (!document || node?.type !== 'string' || !inside) return null;
        const typed = document.text.getText().slice(node.offset + 1, offset);
        const compound = compoundAt(document, node, typed);
        if (!compound) return null;
        const markdown = (value: string) => ({ kind: MarkupKind.Markdown, value });
        return {
          signatures: [
            {
              label: compound.label,
              documentation: markdown(compound.documentation),
              parameters: compound.parts.map(({ label, documentation }) => ({
                label,
                documentation: markdown(documentation),
              })),
            },
          ],
          activeSignature: 0,
          activeParameter: compound.active,
        };
      }),
    );
  },
};

function isClosed({ text }: { text: { getText(): string } }, { offset, length }: { offset: number; length: number }) {
  const literal = text.getText().slice(offset, offset + length);
  return literal.length > 1 && literal.endsWith('"');
}
