/** Stored predictions of any origin, as `medpeft score` reads them. */
import { readFileSync } from 'node:fs';
import { MedpeftError } from '../errors';
import type { Reference } from '../metrics';
import { refusalText } from '../text';

export interface Line extends Reference {
  /** As in the file, if it has one. */
  id?: string;
  prediction: string;
  /** What the line can be grouped by: its own fields that are texts, numbers or truth values, and those of its `fields`. */
  groups: ReadonlyMap<string, string>;
}

const hint =
  'a line is {id?, prediction, reference (text or list of texts), answer_type? (closed or open), candidates? (list of texts, or how many), and any further field}';

/** @throws MP2001 unreadable file, MP2002 a line that is no JSON, MP2004 a line that lacks something, MP2005 no line at all. */
export function readLines(file: string): Line[] {
  const text = readText(file);
  refuseDocument(text, file);
  const lines = text.split(/\r?\n/).flatMap((line, i) => (line.trim() ? [toLine(line, `${file}:${i + 1}`)] : []));
  if (lines.length === 0)
    throw new MedpeftError('MP2005', `${file} holds no prediction`, 'write one JSON object a line', file);
  return lines;
}

/** One JSON value over several lines is a file of another kind: a data set, a spec, a list of predictions. */
function refuseDocument(text: string, file: string): void {
  if (!/^\s*(\[|\{\s*(\n|\/\/))/.test(text)) return;
  throw new MedpeftError(
    'MP2002',
    `${file} is one JSON document, not a line for each prediction`,
    'runs write such lines to predictions/*.jsonl in their folders; of a JSON list: jq -c ".[]" LIST.json > PREDICTIONS.jsonl',
    file,
  );
}

/** UTF-8, without a byte order mark. @throws MP2001 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new MedpeftError(
      'MP2001',
      `${file} cannot be read: ${refusalText(cause)}`,
      'check the path of the file',
      file,
      { cause },
    );
  }
}

function toLine(line: string, place: string): Line {
  let value: Record<string, unknown>;
  try {
    value = (JSON.parse(line) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new MedpeftError('MP2002', `${place} is not valid JSON: ${why}`, 'write one JSON object a line', place, {
      cause,
    });
  }
  const bad = (what: string) => new MedpeftError('MP2004', `${place}: ${what}`, hint, place);
  const { id, prediction, reference, answer_type, candidates, fields } = value;
  if (typeof prediction !== 'string') throw bad('prediction is not a text');
  if (typeof reference !== 'string' && !isTexts(reference))
    throw bad('reference is neither a text nor a list of texts');
  const type = typeof answer_type === 'string' ? answer_type.trim().toLowerCase() : answer_type;
  if (type !== undefined && type !== null && type !== 'closed' && type !== 'open')
    throw bad('answer_type is neither closed nor open');
  if (candidates != null && !isTexts(candidates) && !Number.isSafeInteger(candidates))
    throw bad('candidates is neither a list of texts nor a number');
  return {
    ...(id == null ? {} : { id: String(id) }),
    prediction,
    answer: reference,
    ...(type ? { answerType: type } : {}),
    ...(candidates == null ? {} : { candidates: candidates as string[] | number }),
    groups: new Map([...groupsOf(fields), ...groupsOf(value), ...(type ? [['answer_type', type] as const] : [])]),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

function groupsOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]): [string, string][] =>
    ['string', 'number', 'boolean'].includes(typeof one) ? [[key, String(one)]] : [],
  );
}
