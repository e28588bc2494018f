/** Errors and diagnostics: what failed, where, why, and what to do next. Codes are listed in codes.ts. */
import type { Code } from './codes';

/** A zero-based place in a text, as in the Language Server Protocol. */
export interface Position {
  line: number;
  character: number;
}

/** A half-open range of a text, as in the Language Server Protocol. */
export interface Range {
  start: Position;
  end: Position;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** One problem of a spec, the same from the command line and in the editor. */
export interface Diagnostic {
  code: Code;
  severity: Severity;
  message: string;
  /** What to do next. */
  hint?: string;
  /** Keys from the root of the spec to the place. */
  path: (string | number)[];
  range: Range;
  /** Nearest known word, for a quick fix that replaces the text at `range`. */
  suggestion?: string;
  /** Other places of the same text that this one disagrees with. */
  related?: { message: string; range: Range }[];
}

/** A failure that a user can act on. Anything else that is thrown is a bug of ours. */
export class MedpeftError extends Error {
  override readonly name = 'MedpeftError';
  constructor(
    readonly code: Code,
    message: string,
    /** What to do next. */
    readonly hint?: string,
    /** The file, tensor, item or step that is meant. */
    readonly place?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** What is read, or nothing where that is refused for a reason that is told elsewhere. What else is thrown is a bug of ours, and thrown on. */
export function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined>;
export function unlessRefused<T>(read: () => T): T | undefined;
export function unlessRefused<T>(read: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
  try {
    const found = read();
    return found instanceof Promise ? found.catch(nothing) : found;
  } catch (error) {
    return nothing(error);
  }
}

function nothing(refusal: unknown): undefined {
  if (!(refusal instanceof MedpeftError)) throw refusal;
}
