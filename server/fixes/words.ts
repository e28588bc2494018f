/** Misspelt words, and words of other tools. */
import { findNodeAtLocation, getNodeValue } from 'jsonc-parser';
import type { FixSource } from './fix';
import { schemaAt } from './schema-at';
import { spellings } from './spellings';

/** The nearest known word that the diagnostic names. */
export const nearestWord: FixSource = ({ document, diagnostic, suggestion }) => {
  if (suggestion === undefined) return [];
  // Diagnostics mark words without their quotes, except an empty one.
  const literal = JSON.stringify(suggestion);
  const empty = document.text.getText(diagnostic.range) === '""';
  const newText = empty ? literal : literal.slice(1, -1);
  return [{ title: `Change to '${suggestion}'`, edits: [{ range: diagnostic.range, newText }], preferred: true }];
};

/** The word of this language for another tool's key. */
export const otherSpelling: FixSource = ({ document, diagnostic, code, path, suggestion }) => {
  const word = String(path.at(-1));
  const ours = Object.hasOwn(spellings, word) ? spellings[word] : undefined;
  if (code !== 'MP1002' || ours === undefined || ours === suggestion || !document.tree) return [];
  const owner = path.slice(0, -1);
  const known = schemaAt(owner, getNodeValue(document.tree))?.properties;
  const taken = findNodeAtLocation(document.tree, [...owner, ours]) !== undefined;
  if (!known || !Object.hasOwn(known, ours) || taken) return [];
  const newText = JSON.stringify(ours).slice(1, -1);
  return [{ title: `Change to '${ours}'`, edits: [{ range: diagnostic.range, newText }], preferred: true }];
};
