/** Reads JSON text that people and programs of all kinds have written, and says where it breaks. */
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { MedpeftError } from '../../errors';

/**
 * Parses strict JSON; a byte order mark and any line ends are accepted.
 * @throws MP2002 with file, line, column and offset of the first error.
 */
export function parseJson(text: string, file: string): unknown {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(body);
  } catch (cause) {
    const errors: ParseError[] = [];
    parse(body, errors, { disallowComments: true });
    // Strings with raw control characters are the one thing that JSON.parse refuses and jsonc-parser may place elsewhere.
    const first = errors[0];
    const offset = first?.offset ?? body.length;
    const before = body.slice(0, offset).split(/\r\n|\n|\r/);
    const place = `line ${before.length}, column ${before.at(-1)!.length + 1}, offset ${offset}`;
    const what = offset >= body.trimEnd().length ? 'it ends too early' : printed(first);
    throw new MedpeftError(
      'MP2002',
      `${file} is not valid JSON: ${what} at ${place}`,
      'the file may have been cut off or edited by hand; get it again from its source, or repair that place',
      `${file}:${before.length}`,
      { cause },
    );
  }
}

function printed(error: ParseError | undefined): string {
  return error
    ? printParseErrorCode(error.error)
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()
    : 'syntax error';
}
