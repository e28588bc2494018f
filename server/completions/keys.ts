/** Keys that the schema does not know: whole new entries, and names as keys of a rate by name. Hung into the JSON language service. */
import {
  CompletionItemKind,
  InsertTextFormat,
  type JSONPath,
  type JSONWorkerContribution,
} from 'vscode-json-languageservice';
import { formats } from '../../runner/data/formats';
import type { Documents, SpecDocument } from '../documents';
import { field, knownNames, titleOf } from '../known-names';
import { placeAt, type Section } from '../places';
import { plain, slot } from '../snippets';
import { type Entry, entries } from './entries';

/** @param documents the open specs, asked for only once the editor asks for completion */
export function keyContribution(documents: () => Documents): JSONWorkerContribution {
  return {
    getInfoContribution: nothing,
    collectDefaultCompletions: async (_uri, result) =>
      result.add({
        label: 'New experiment',
        kind: CompletionItemKind.Snippet,
        insertTextFormat: InsertTextFormat.Snippet,
        insertText: `{\n\t"version": 1,\n\t"name": "${slot(1, 'experiment')}",\n\t$0\n}`,
        documentation: 'A MedPEFT spec with its first two keys.',
      }),
    collectValueCompletions: async () => {},
    collectPropertyCompletions: async (uri, location, _word, addValue, isLast, result) => {
      const document = documents().get(uri);
      if (!document) return;
      for (const { label, insertText, detail, documentation } of keysFor(document, location, addValue))
        result.add({
          label,
          detail,
          documentation,
          kind: addValue ? CompletionItemKind.Snippet : CompletionItemKind.Property,
          insertTextFormat: InsertTextFormat.Snippet,
          insertText: addValue && !isLast ? `${insertText},` : insertText,
          filterText: JSON.stringify(label),
        });
    },
  };
}

/** Has nothing to say; the service then goes on by itself. */
const nothing = (() => undefined) as unknown as JSONWorkerContribution['getInfoContribution'];

interface KeyProposal {
  label: string;
  insertText: string;
  detail?: string;
  documentation?: string;
}

function keysFor(document: SpecDocument, location: JSONPath, addValue: boolean): KeyProposal[] {
  const [section, name, filter] = location;
  if (section === 'datasets' && filter === 'filter' && location.length === 3)
    return fieldsOf(document, String(name), addValue);
  const place = placeAt([...location, ''], 'key');
  if (place?.is === 'definition') return addValue ? newEntries(document, place.section) : [];
  if (place?.is !== 'reference') return [];
  return place.to.flatMap((section) =>
    knownNames(document, section).map(({ name, settings }) => ({
      label: name,
      detail: titleOf(section, settings),
      insertText: addValue ? `"${plain(name)}": $1` : `"${plain(name)}"`,
    })),
  );
}

/** Fields of the records, to filter by. */
function fieldsOf(document: SpecDocument, name: string, addValue: boolean): KeyProposal[] {
  const dataset = knownNames(document, 'datasets').find((known) => known.name === name);
  const fields = formats.get(String(field(dataset?.settings, 'format')))?.fields ?? [];
  return fields.map((one) => ({
    label: one,
    detail: 'field of the records',
    insertText: addValue ? `"${plain(one)}": "$1"` : `"${plain(one)}"`,
  }));
}

function newEntries(document: SpecDocument, section: Section): KeyProposal[] {
  const names = (of: Section) => knownNames(document, of).map(({ name }) => name);
  const taken = names(section);
  const known = {
    datasets: knownNames(document, 'datasets').map(({ name, settings }) => ({
      name,
      splits: formats.get(String(field(settings, 'format')))?.splits,
    })),
    parameter_groups: names('parameter_groups'),
    adapters: Object.fromEntries(
      knownNames(document, 'adapters').map(({ name, settings }) => [name, field(settings, 'type')]),
    ),
  };
  return entries[section](known).map((entry) => {
    const name = freeName(entry.name, taken);
    return { label: name, detail: 'new entry', documentation: entry.description, insertText: snippetOf(name, entry) };
  });
}

function snippetOf(name: string, { body }: Entry): string {
  if (body.length === 0) return `"${name}": {}`;
  return `"${name}": {\n${body.map((line) => `\t${line}\n`).join('')}}`;
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let n = 2;
  while (taken.includes(`${name}_${n}`)) n++;
  return `${name}_${n}`;
}
