/** From an item back to the record of the data set that it is made of. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Sought {
  id: string;
  question: string;
  reference: string;
}

export interface FoundRecord {
  file: string;
  /** Offsets of the record in the file's text. */
  from: number;
  to: number;
}

const endings = ['.json', '.jsonl', '.csv', '.tsv'];
/** An editor would not open larger files. */
const largest = 50e6;
const levels = 2;

/** The first record of the text files in a data set's folder that fits; `looked` are the files that were searched. */
export function findRecord(location: string, sought: Sought): { record?: FoundRecord; looked: string[] } {
  const looked: string[] = [];
  for (const file of textFiles(location, levels)) {
    looked.push(file);
    const span = recordIn(readFileSync(file, 'utf8'), sought, /json/.test(path.extname(file)));
    if (span) return { record: { file, ...span }, looked };
  }
  return { looked };
}

function textFiles(location: string, depth: number): string[] {
  if (!existsSync(location)) return [];
  if (statSync(location).isFile()) return statSync(location).size <= largest && isText(location) ? [location] : [];
  if (depth === 0) return [];
  const entries = readdirSync(location, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const here = entries
    .filter((entry) => entry.isFile() && isText(entry.name))
    .map(({ name }) => path.join(location, name));
  const deeper = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(location, name));
  return [
    ...here.filter((file) => statSync(file).size <= largest),
    ...deeper.flatMap((folder) => textFiles(folder, depth - 1)),
  ];
}

const isText = (name: string) => endings.includes(path.extname(name));

/**
 * Where a record with this question (of a report: this reference) and this id stands. Readers trim texts and some records have no id:
 * blanks may differ, and a record without the id is taken if no other asks the same and gives the same answer.
 */
export function recordIn(
  text: string,
  { id, question, reference }: Sought,
  json: boolean,
): { from: number; to: number } | undefined {
  const asked = patternOf(question || reference, json);
  if (!asked) return undefined;
  const records = [...text.matchAll(asked)].map(({ index }) => (json ? objectAround : lineAround)(text, index));
  const named = wholeValue(id);
  const answered = patternOf(reference, json);
  const same = records.filter((span) => answered && text.slice(span.from, span.to).match(answered));
  return (
    records.find((span) => named.test(text.slice(span.from, span.to))) ?? (same.length === 1 ? same[0] : undefined)
  );
}

/** The words of a text with any blanks between them, as a file of that kind writes them. */
function patternOf(text: string, json: boolean): RegExp | undefined {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const written = words.map((word) => (json ? JSON.stringify(word).slice(1, -1) : word.replaceAll('"', '""')));
  return new RegExp(written.map(escaped).join(String.raw`(?:\s|\\[tnr])+`), 'g');
}

/** The id as a whole value, quoted or not. */
function wholeValue(id: string): RegExp {
  return new RegExp(String.raw`(?:^|[:,;\t"\s])${escaped(id)}(?:$|[,;\t"\s}\]])`);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The innermost braces around a place; braces within texts of the same record would widen it. */
function objectAround(text: string, at: number): { from: number; to: number } {
  const from = Math.max(0, reach(text, at, -1, '{', '}'));
  const to = reach(text, at, 1, '}', '{');
  return { from, to: to < 0 ? text.length : to + 1 };
}

function reach(text: string, at: number, step: 1 | -1, wanted: string, opposite: string): number {
  let depth = 0;
  for (let i = at; i >= 0 && i < text.length; i += step) {
    if (text[i] === opposite) depth++;
    else if (text[i] === wanted && depth-- === 0) return i;
  }
  return -1;
}

function lineAround(text: string, at: number): { from: number; to: number } {
  const end = text.indexOf('\n', at);
  return { from: text.lastIndexOf('\n', at) + 1, to: end < 0 ? text.length : end };
}
