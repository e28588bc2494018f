/** A new name for a thing of the spec: every text that names it, and every name that is made of it. */
import type { LanguageService } from 'vscode-json-languageservice';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { TextDocument, type TextEdit } from 'vscode-languageserver-textdocument';
import { predefined } from '../../runner/methods';
import { definitionsIn } from '../names';
import type { Section } from '../places';
import { rangeOf } from '../ranges';
import { changedCells } from './cells';
import { occurrencesIn } from './occurrences';
import type { SpecText, SpecTexts } from './spec-texts';
import { type Found, type NamedThing, placesOf, specsOf } from './symbol';

export interface TextEdits {
  spec: SpecText;
  edits: TextEdit[];
}

/** As in schemas/spec.schema.json. */
const nameForm = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** @throws ResponseError (RequestFailed) for a name that cannot be, or is taken */
export async function renameThing(
  thing: NamedThing,
  newName: string,
  { texts, json }: { texts: SpecTexts; json: LanguageService },
): Promise<TextEdits[]> {
  const specs = await specsOf(texts, thing);
  const places = placesOf(thing, specs);
  const chains = await Promise.all(
    specs.map(async (spec) => ({ spec, chain: [spec, ...(await texts.basesOf(spec))] })),
  );
  const problem = problemOf(
    thing,
    newName,
    chains.flatMap(({ chain }) => chain),
    places,
  );
  if (problem !== undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, problem);
  if (newName === thing.name) return [];

  const plain = specs.map((spec) => ({
    spec,
    edits: places
      .filter((found) => found.spec === spec)
      .map(({ occurrence }) => ({ range: rangeOf(spec.text, occurrence), newText: newName })),
  }));
  // The same file may be a text of its own and the base of others: what it becomes is one.
  const after = new Map(plain.map(({ spec, edits }) => [spec.file, parse(json, spec, edits).root]));
  return plain.flatMap(({ spec, edits }, i) => {
    const chain = chains[i]!.chain;
    const cells = changedCells(
      chain.map(({ tree }) => tree),
      chain.map(({ file, tree }) => after.get(file) ?? tree),
    );
    const derived = occurrencesIn(spec.tree).flatMap((occurrence) => {
      const now = occurrence.is === 'use' && occurrence.of.includes('methods') ? cells.get(occurrence.name) : undefined;
      return now === undefined ? [] : [{ range: rangeOf(spec.text, occurrence), newText: now }];
    });
    const all = [...edits, ...derived];
    return all.length > 0 ? [{ spec, edits: all }] : [];
  });
}

function parse(json: LanguageService, { text }: SpecText, edits: TextEdit[]) {
  return json.parseJSONDocument(
    TextDocument.create(text.uri, text.languageId, 0, TextDocument.applyEdits(text, edits)),
  );
}

/** Names that would be mistaken for each other. */
const rivals = (section: Section): readonly Section[] =>
  section === 'parameter_groups' || section === 'adapters' ? ['parameter_groups', 'adapters'] : [section];

function problemOf(
  { section, name }: NamedThing,
  newName: string,
  specs: readonly SpecText[],
  places: readonly Found[],
): string | undefined {
  if (newName === name) return undefined;
  if (!nameForm.test(newName))
    return `"${newName}" cannot be a name: a name begins with a letter; letters, digits, "_", "." and "-" may follow.`;
  const parts = rivals(section);
  if (parts.length > 1 && predefined.some((word) => word === newName))
    return `"${newName}" is a predefined name. Give it another one.`;
  const taken = specs.find(({ tree }) =>
    definitionsIn(tree).some((known) => parts.includes(known.section) && known.name === newName),
  );
  if (taken) return `"${newName}" is already a name in ${taken.file}. Give it another one.`;
  const swept = newName.includes('.') && places.some(({ occurrence }) => occurrence.inSetting);
  return swept ? `"sweep" names "${name}", and a name in a setting's path can hold no dot.` : undefined;
}
