/** Names of the spec where they are referenced, and the predefined ones. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { knownNames, titleOf } from '../known-names';
import { type CompletionSource, valueItem } from './request';

const predefined: Readonly<Record<string, string>> = {
  all: 'Every tensor of this component.',
  frozen: 'Nothing of this component.',
};

export const names: CompletionSource = (request) => {
  const { place } = request;
  if (place.is !== 'reference') return undefined;
  const own = place.to.flatMap((section) =>
    knownNames(request.document, section).map(({ name, settings }) =>
      valueItem(request, name, { detail: titleOf(section, settings), named: { section, name } }),
    ),
  );
  const fixed = place.predefined.map((name) =>
    valueItem(request, name, { kind: CompletionItemKind.Constant, documentation: predefined[name], order: 1 }),
  );
  return [...own, ...fixed];
};
