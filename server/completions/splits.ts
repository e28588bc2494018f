/** `dataset/split`: the splits that the format of each data set has. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { formats } from '../../runner/data/formats';
import { field, knownNames, titleOf } from '../known-names';
import { type CompletionSource, valueItem } from './request';

export const splits: CompletionSource = (request) => {
  if (request.place.is !== 'split') return undefined;
  return knownNames(request.document, 'datasets').flatMap(({ name, settings }) => {
    const format = formats.get(String(field(settings, 'format')));
    const about = { kind: CompletionItemKind.Value, detail: titleOf('datasets', settings) };
    return (format?.splits ?? []).map((split) => valueItem(request, `${name}/${split}`, about));
  });
};
