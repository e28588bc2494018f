/** Semantic tokens: names by what they name, and numbers by their unit. */
import { type SemanticTokens, SemanticTokensBuilder } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { knownNames } from '../known-names';
import type { Section } from '../places';
import type { Feature } from '../server';
import { type Token, tokenModifiers, tokensIn, tokenTypes } from '../tokens/tokens';

export const semanticTokens: Feature = {
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: true,
      range: true,
    },
  }),
  listen: ({ connection, documents, safely }) => {
    connection.languages.semanticTokens.on(
      safely('textDocument/semanticTokens/full', ({ textDocument }) => {
        const document = documents.get(textDocument.uri);
        return document ? encoded(document, tokensOf(document)) : { data: [] };
      }),
    );
    connection.languages.semanticTokens.onRange(
      safely('textDocument/semanticTokens/range', ({ textDocument, range }) => {
        const document = documents.get(textDocument.uri);
        if (!document) return { data: [] };
        const [from, to] = [document.text.offsetAt(range.start), document.text.offsetAt(range.end)];
        return encoded(
          document,
          tokensOf(document).filter(({ offset, length }) => offset <= to && from <= offset + length),
        );
      }),
    );
  },
};

function tokensOf(document: SpecDocument): Token[] {
  const names = new Map<Section, Set<string>>();
  const namesOf = (section: Section) => {
    const known = names.get(section) ?? new Set(knownNames(document, section).map(({ name }) => name));
    names.set(section, known);
    return known;
  };
  return tokensIn(document.tree, (name, of) => of.find((section) => namesOf(section).has(name)));
}

function encoded({ text }: SpecDocument, tokens: readonly Token[]): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  for (const { offset, length, type, modifiers } of tokens) {
    const { line, character } = text.positionAt(offset);
    const bits = modifiers.reduce((sum, modifier) => sum + 2 ** tokenModifiers.indexOf(modifier), 0);
    builder.push(line, character, length, tokenTypes.indexOf(type), bits);
  }
  return builder.build();
}
