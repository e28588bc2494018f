/** Comma- or tab-separated files, row by row (RFC 4180 quoting; CRLF or LF; a byte order mark is passed over). */
import { MedpeftError } from '../../errors';
import type { Source } from '../source';

export interface Row {
  /** Cells by column name. */
  cells: Record<string, string>;
  /** Line of the row's end, from 1. */
  line: number;
  /** Set where the row has another number of cells than the header: it cannot be trusted then. */
  misfit?: string;
}

/**
 * @param required columns without which the file is of no use.
 * @throws MP2002 with the line for text that is not of this form, and for missing columns.
 */
export async function* rowsOf(
  source: Source,
  name: string,
  { delimiter = ',', required = [] }: { delimiter?: string; required?: readonly string[] } = {},
): AsyncGenerator<Row> {
  const [{ parse }, { Readable }] = await Promise.all([import('csv-parse'), import('node:stream')]);
  const parser = parse({ delimiter, relax_column_count: true, skip_empty_lines: true, info: true });
  const text = Readable.from(source.text(name));
  text.on('error', (error) => parser.destroy(error));
  let header: string[] | undefined;
  try {
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (header) {
        const cells = Object.fromEntries(header.map((column, i) => [column, record[i] ?? '']));
        const misfit = `the row has ${record.length} cells where the header has ${header.length}`;
        yield { cells, line: info.lines, ...(record.length === header.length ? {} : { misfit }) };
        continue;
      }
      header = record.map((column) => column.trim());
      checkHeader(header, required, source.place(name));
    }
  } catch (cause) {
    if (cause instanceof MedpeftError || !String((cause as { code?: string }).code).startsWith('CSV_')) throw cause;
    throw new MedpeftError(
      'MP2002',
      `${source.place(name)} cannot be read as a table: ${(cause as Error).message}`,
      'a quote may be missing at that line, or the file may have been cut off',
      source.place(name),
      { cause },
    );
  } finally {
    text.destroy();
  }
  if (!header) checkHeader([], ['a header'], source.place(name));
}

function checkHeader(header: readonly string[], required: readonly string[], file: string): void {
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new MedpeftError(
      'MP2002',
      `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; it has ${header.join(', ') || 'none'}`,
      'check the format of the data set; docs/data.md shows the columns of each',
      `${file}:1`,
    );
}
