/** Reads a spec: text, structure, `extends` and names, with all problems at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import type { Diagnostic } from '../errors';
import { refusalText } from '../text';
import { readAsMeant } from './as_meant';
import { followExtends } from './extends';
import { namesOf } from './names';
import { parseText } from './parse';
import { pruneInvalid } from './prune';
import { diagnose, type Finding, moved } from './report';
import { rules } from './rules';
import type { Path, SpecFile, Usable } from './types';
import { valueAt } from './values';

/**
 * Reads a spec file, or the text of an editor that stands for it. Synchronous; never throws for what a user wrote.
 * @param options.text in place of the file's own
 */
export function loadSpec(file: string, options: { text?: string } = {}): SpecFile {
  const absolute = path.resolve(file);
  const read = options.text === undefined ? readText(absolute) : { text: options.text, why: '' };
  if (read.text === undefined)
    return { file: absolute, text: '', bases: [], diagnostics: [unreadable(absolute, read.why)] };
  const { text } = read;
  const parsed = parseText(text);
  const { tree, places, brokenFrom, diagnostics: syntax } = parsed;
  const loaded = { file: absolute, text, ...(tree ? { tree } : {}) };
  if (tree === undefined) return { ...loaded, bases: [], diagnostics: syntax };
  const { value: merged, bases, findings: followed } = followExtends(absolute, parsed);
  const { value, slips, structure, told, written } = readAsMeant(merged);
  const broken = syntax.some(({ code }) => code === 'MP1001');
  const pruned = broken ? undefined : pruneInvalid(value, structure);
  const usable = pruned && { ...pruned, has: (at: Path) => valueAt(value, at) !== undefined, written };
  const meaning = usable ? checkMeaning(value, usable, structure.length === 0) : [];
  const inherited = bases.length > 0;
  const located = [...followed, ...[...slips, ...told, ...meaning].map((finding) => moved(finding, written))].map(
    (finding) => diagnose(finding, places, inherited),
  );
  const end = places.between(brokenFrom, brokenFrom).start;
  // Behind a syntax error the text may have been misread, and what is missing may stand there.
  const trusted = broken ? located.filter(({ code, range }) => code !== 'MP1004' && isBefore(range.end, end)) : located;
  const diagnostics = [...syntax, ...trusted].sort(byPlace);
  const sound = !broken && slips.length === 0 && structure.length === 0 && followed.length === 0;
  return { ...loaded, bases, diagnostics, ...(usable ? { usable } : {}), ...(sound ? { spec: value as Spec } : {}) };
}

/** @returns findings with places of the value */
function checkMeaning(value: unknown, { spec, original, has }: Usable, whole: boolean): Finding[] {
  const findings: Finding[] = [];
  const context = {
    spec,
    names: namesOf(value, spec),
    written: has,
    whole,
    report: (finding: Finding) => findings.push(moved(finding, original)),
  };
  for (const rule of rules) rule(context);
  return findings;
}

function readText(file: string): { text?: string; why: string } {
  try {
    return { text: readFileSync(file, 'utf8').replace(/^\uFEFF/, ''), why: '' };
  } catch (error) {
    return { why: refusalText(error) };
  }
}

function unreadable(file: string, why: string): Diagnostic {
  const start = { line: 0, character: 0 };
  return {
    code: 'MP1007',
    severity: 'error',
    message: `The spec ${file} cannot be read: ${why}`,
    hint: 'check the path of the spec',
    path: [],
    range: { start, end: start },
  };
}

function isBefore(a: Diagnostic['range']['end'], b: Diagnostic['range']['end']): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

/** In the order of the text. */
export function byPlace({ range: a }: Diagnostic, { range: b }: Diagnostic): number {
  return a.start.line - b.start.line || a.start.character - b.start.character;
}
