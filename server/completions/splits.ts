/** `dataset/split`: the splits that the format or the files of each data set have, with their sizes once its records have been read. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { formats } from '../../runner/data/formats';
import { answersText, datasetOf, many } from '../datasets';
import type { Facts } from '../facts';
import { field, knownNames, titleOf } from '../known-names';
import { type CompletionRequest, type CompletionSource, valueItem } from './request';

export const splits: CompletionSource = (request, facts) =>
  request.place.is === 'split' ? splitsOf(request, facts) : undefined;

async function splitsOf(request: CompletionRequest, facts: Facts) {
  const items = knownNames(request.document, 'datasets').map(async ({ name, settings }) => {
    const dataset = datasetOf(request.document, name);
    const found = dataset && (await facts.dataset(dataset));
    const read = found && !('problem' in found) ? found.splits : [];
    const format = formats.get(String(field(settings, 'format')));
    return (format?.splits ?? read.map(({ split }) => split)).map((split) => {
      const sizes = read.find((one) => one.split === split);
      const detail = sizes
        ? `${many(sizes.items, 'item')} on ${many(sizes.images, 'image')}: ${answersText(sizes.answers)}`
        : titleOf('datasets', settings);
      return valueItem(request, `${name}/${split}`, {
        kind: CompletionItemKind.Value,
        detail,
        named: { section: 'datasets', name },
      });
    });
  });
  return (await Promise.all(items)).flat();
}
