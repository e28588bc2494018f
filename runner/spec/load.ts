/** Reads a spec: text, structure, `extends` and names, with all problems at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Spec } from '../../schemas/generated/spec';
import type { Diagnostic } from '../errors';
import { lazy } from '../once';
import { refusalText } from '../text';
import { type AsMeant, readAsMeant } from './as_meant';
import { type Extended, followExtends, type ReadBase } from './extends';
import { namesOf } from './names';
import { type Parsed, parseText } from './parse';
import { pruneInvalid } from './prune';
import { diagnose, type Finding, moved } from './report';
import { rules } from './rules';
import type { Path, SpecFile, Usable } from './types';
import { valueAt } from './values';

/**
 * Reads a spec file, or the text of an editor that stands for it. Synchronous; never throws for what a user wrote. The text is parsed at once; what
 * follows from it, step by step: the merged value, what is usable of it, what is wrong, is found when it is first asked for.
 * @param options.text in place of the file's own
 * @param options.readBase how specs that it extends are read, where they are not to be waited for
 */
export function loadSpec(file: string, options: { text?: string; readBase?: ReadBase } = {}): SpecFile {
  const absolute = path.resolve(file);
  const read = options.text === undefined ? readText(absolute) : { text: options.text, why: '' };
  if (read.text === undefined)
    return {
      file: absolute,
      text: '',
      isBroken: true,
      isPartial: false,
      bases: [],
      diagnostics: [unreadable(absolute, read.why)],
    };
  const parsed = parseText(read.text);
  const { tree, isBroken } = parsed;
  const merged = lazy(() => followExtends(absolute, parsed, options.readBase));
  const meant = lazy(() => readAsMeant(merged().value));
  const usable = lazy(() => (isBroken ? undefined : usableOf(meant())));
  const isSound = () =>
    !isBroken &&
    !merged().isPartial &&
    merged().findings.length === 0 &&
    meant().slips.length === 0 &&
    meant().structure.length === 0;
  const diagnostics = lazy(() =>
    tree === undefined ? parsed.diagnostics() : diagnosticsOf(parsed, merged(), meant(), usable()),
  );
  return {
    file: absolute,
    text: read.text,
    tree,
    isBroken,
    get isPartial() {
      // asked before every answer of an editor: most specs extend none
      return extendsAny(tree) && merged().isPartial;
    },
    get value() {
      return merged().value;
    },
    get bases() {
      return merged().bases;
    },
    get usable() {
      return usable();
    },
    get spec() {
      return isSound() ? (meant().value as Spec) : undefined;
    },
    get diagnostics() {
      return diagnostics();
    },
  };
}

const extendsAny = (tree: Node | undefined) =>
  tree !== undefined && findNodeAtLocation(tree, ['extends']) !== undefined;

/** Some sections of a spec, as they can be used, and what is wrong with their structure. */
export interface UsableSections {
  spec: Spec;
  /** Keys from the root to each wrong place. */
  wrong: Path[];
}

/** Looks at sections without the others, which have no say in their structure. @returns undefined where nothing can be kept */
export function usableSections(sections: Readonly<Record<string, unknown>>): UsableSections | undefined {
  const meant = readAsMeant({ version: 1, ...sections });
  const usable = usableOf(meant);
  return usable && { spec: usable.spec, wrong: [...meant.slips, ...meant.structure].map(({ path }) => path) };
}

function usableOf({ value, structure, written }: AsMeant): Usable | undefined {
  const pruned = pruneInvalid(value, structure);
  return pruned && { ...pruned, has: (at: Path) => valueAt(value, at) !== undefined, written };
}

function diagnosticsOf(
  { places, brokenFrom, isBroken, ...parsed }: Parsed,
  { bases, findings: followed, isPartial }: Extended,
  { value, slips, structure, told, written }: AsMeant,
  usable: Usable | undefined,
): Diagnostic[] {
  const meaning = usable && !isPartial ? checkMeaning(value, usable, structure.length === 0) : [];
  const inherited = bases.length > 0;
  const located = [...followed, ...[...slips, ...told, ...meaning].map((finding) => moved(finding, written))].map(
    (finding) => diagnose(finding, places, inherited),
  );
  const end = places.between(brokenFrom, brokenFrom).start;
  // Behind a syntax error the text may have been misread; what is missing may stand there, or in a base that is still being read.
  const trusted = located.filter(
    ({ code, range }) => !((isBroken || isPartial) && code === 'MP1004') && (!isBroken || isBefore(range.end, end)),
  );
  return [...parsed.diagnostics(), ...trusted].sort(byPlace);
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
