/** CheXpert labels from the CSV files of a labeller, for `medpeft score`. */
import { parse } from 'csv-parse/sync';
import { MedpeftError } from '../errors';
import { chexpertClasses, type Labels } from '../metrics';
import { type Line, readText } from './prediction_lines';

/**
 * Labels of each line: by the column `id` where the file has one, else row by row, as CheXbert writes them.
 * A label is 1, 0, -1 (also 1.0 …) or blank.
 * @throws MP2002 no CSV, MP2004 a column, row or label that is missing or unknown
 */
export function readLabels(file: string, lines: readonly Line[]): Labels[] {
  const rows = readRows(file);
  const bad = (what: string, hint: string) => new MedpeftError('MP2004', `${file}: ${what}`, hint, file);
  const [first] = rows;
  const absent = chexpertClasses.filter((name) => !first || !(name in first));
  if (absent.length > 0)
    throw bad(
      `there is no column ${absent.join(', ')}`,
      `its columns must be those of CheXpert: ${chexpertClasses.join(', ')}`,
    );
  if (first && !('id' in first)) {
    if (rows.length !== lines.length)
      throw bad(`${rows.length} rows for ${lines.length} predictions`, 'add a column id, or a row for each prediction');
    return rows.map((row) => labelsOf(row, file));
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  return lines.map(({ id }) => {
    const row = id === undefined ? undefined : byId.get(id);
    if (!row) throw bad(`there is no row with the id ${id ?? 'of a prediction that has none'}`, 'label every report');
    return labelsOf(row, file);
  });
}

function readRows(file: string): Record<string, string>[] {
  try {
    return parse(readText(file), { columns: true, skip_empty_lines: true, trim: true }) as Record<string, string>[];
  } catch (cause) {
    if (cause instanceof MedpeftError) throw cause;
    throw new MedpeftError('MP2002', `${file} is no CSV file: ${(cause as Error).message}`, 'export it again', file, {
      cause,
    });
  }
}

function labelsOf(row: Record<string, string>, file: string): Labels {
  const labels: Record<string, number> = {};
  for (const name of chexpertClasses) {
    const text = row[name]!;
    if (text === '') continue;
    const label = Number(text);
    if (![1, 0, -1].includes(label))
      throw new MedpeftError(
        'MP2004',
        `${file}: "${text}" is no label of ${name}`,
        'labels are 1, 0, -1 or blank',
        file,
      );
    labels[name] = label;
  }
  return labels;
}
