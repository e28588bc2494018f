/** Values of a filter: those that the records have, with how many have them. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { datasetOf, many } from '../datasets';
import { type CompletionSource, valueItem } from './request';

export const filterValues: CompletionSource = (request, facts) => {
  const { place, document, path } = request;
  if (place.is !== 'filter value') return undefined;
  const [, name, , field] = path;
  const settings = datasetOf(document, String(name));
  if (!settings) return [];
  return facts.dataset({ ...settings, filter: undefined }).then((found) => {
    if ('problem' in found) return [];
    return (found.values[String(field)] ?? []).map(([value, records]) =>
      valueItem(request, value, {
        kind: CompletionItemKind.Value,
        detail: many(records, 'record'),
      }),
    );
  });
};
