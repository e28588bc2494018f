/** Reads lists of JSON records piece by piece, so that a file of any length needs the memory of one record. */
import { MedpeftError } from '../../errors';
import type { Source } from '../source';
import { parseJson } from './json';

export interface JsonRecord {
  /** Key of the list, where the file is an object of lists. */
  key?: string;
  value: unknown;
  /** From 0, over the whole file. */
  index: number;
}

/** The file is not what the scanner understands: it is parsed as a whole then, to say where it breaks. */
class Unexpected extends Error {}

/**
 * The records of a JSON list, or of an object whose values are lists (`keyed`), or of lines with a record each (`lines`).
 * @throws MP2002 with line, column and offset of the first error, or saying which shape was expected.
 */
export async function* jsonRecords(
  source: Source,
  name: string,
  shape: 'list' | 'keyed' | 'lines',
): AsyncGenerator<JsonRecord> {
  if (shape === 'lines') return yield* jsonLines(source, name);
  try {
    yield* scan(source.text(name), shape);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    let text = '';
    for await (const piece of source.text(name)) text += piece;
    parseJson(text, source.place(name));
    const expected = shape === 'list' ? 'a list of records' : 'an object of lists of records';
    throw new MedpeftError(
      'MP2002',
      `${source.place(name)} is not ${expected}`,
      'check the format of the data set; docs/data.md shows the files of each',
      source.place(name),
    );
  }
}

async function* jsonLines(source: Source, name: string): AsyncGenerator<JsonRecord> {
  let index = 0;
  for await (const { text, line } of linesOf(source.text(name))) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new MedpeftError(
        'MP2002',
        `${source.place(name)}: line ${line} is not valid JSON (${(cause as Error).message})`,
        'each line must hold one whole JSON object; the file may have been cut off',
        `${source.place(name)}:${line}`,
        { cause },
      );
    }
    yield { value, index: index++ };
  }
}

/** Lines without their ends (LF or CRLF), numbered from 1. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<{ text: string; line: number }> {
  let rest = '';
  let line = 1;
  for await (const piece of pieces) {
    const parts = (rest + piece).split('\n');
    rest = parts.pop()!;
    for (const part of parts) yield { text: part.endsWith('\r') ? part.slice(0, -1) : part, line: line++ };
  }
  if (rest !== '') yield { text: rest.endsWith('\r') ? rest.slice(0, -1) : rest, line };
}

const blank = /\s/;
const opening = new Set(['{', '[']);
const closing = new Set(['}', ']']);

async function* scan(pieces: AsyncIterable<string>, shape: 'list' | 'keyed'): AsyncGenerator<JsonRecord> {
  const scanner = new Scanner(shape);
  for await (const piece of pieces) yield* scanner.feed(piece);
  scanner.end();
}

/** Cuts the text of a file into the texts of its keys and records. Knows brackets and strings; whether a record is JSON, JSON.parse says. */
class Scanner {
  /** What may come next, blanks aside. `name` and `item` are being read. */
  private state: 'start' | 'name' | 'list' | 'item' | 'key' | 'value' | 'after' | 'end' = 'start';
  private key: string | undefined;
  /** What earlier pieces held of the name or item that is being read. */
  private text = '';
  private depth = 0;
  private inString = false;
  private escaped = false;
  private afterComma = false;
  private index = 0;
  private found: JsonRecord[] = [];

  constructor(private readonly shape: 'list' | 'keyed') {}

  /** @returns the records that end in this piece. */
  feed(piece: string): JsonRecord[] {
    this.found = [];
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const char = piece[i]!;
      if (this.state === 'item' || this.state === 'name') {
        if (this.goesOn(char)) continue;
        this.close(this.text + piece.slice(from, i), char);
      } else if (!blank.test(char)) {
        this.step(char);
        from = i;
      }
    }
    if (this.state === 'item' || this.state === 'name') this.text += piece.slice(from);
    return this.found;
  }

  end(): void {
    if (this.state !== 'end') throw new Unexpected();
  }

  /** Whether a character belongs to the name or item that is being read. */
  private goesOn(char: string): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (char === '\\') this.escaped = true;
      else if (char === '"') this.inString = false;
      return true;
    }
    if (char === '"') this.inString = true;
    else if (opening.has(char)) this.depth++;
    else if (this.depth > 0) {
      if (closing.has(char)) this.depth--;
    } else return this.state === 'name' ? char !== ':' : char !== ',' && char !== ']';
    return true;
  }

  private close(text: string, char: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Unexpected();
    }
    this.text = '';
    if (this.state === 'name') {
      if (typeof value !== 'string') throw new Unexpected();
      this.key = value;
      this.state = 'value';
    } else {
      this.found.push({ ...(this.key === undefined ? {} : { key: this.key }), value, index: this.index++ });
      this.afterComma = char === ',';
      this.state = char === ',' ? 'list' : this.afterList();
    }
  }

  private step(char: string): void {
    const { state, shape } = this;
    if (state === 'start' && char === (shape === 'list' ? '[' : '{')) this.state = shape === 'list' ? 'list' : 'key';
    else if (state === 'key' && char === '"') {
      this.state = 'name';
      this.goesOn(char);
    } else if (state === 'value' && char === '[') {
      this.state = 'list';
      this.afterComma = false;
    } else if (state === 'list' && char === ']' && !this.afterComma) this.state = this.afterList();
    else if (state === 'list' && char !== ',' && char !== ']') {
      this.state = 'item';
      this.goesOn(char);
    } else if (state === 'after' && (char === ',' || char === '}')) this.state = char === ',' ? 'key' : 'end';
    else throw new Unexpected();
  }

  private afterList(): 'end' | 'after' {
    return this.shape === 'list' ? 'end' : 'after';
  }
}
