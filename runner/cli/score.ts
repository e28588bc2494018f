/** `medpeft score PREDICTIONS.jsonl --metrics a,b`: scores answers of any origin by this program's rules. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MedpeftError } from '../errors';
import { metrics, type Reference, scoreItems } from '../metrics';
import { type Command, optionOf } from './command';

interface Line extends Reference {
  prediction: string;
}

export const score: Command = {
  name: 'score',
  summary: 'score predictions: lines of {id, prediction, reference, answer_type?}',
  arguments: [{ name: 'PREDICTIONS.jsonl' }],
  options: [{ name: 'metrics', value: 'a,b', summary: `which (default: all): ${[...metrics.keys()].join(', ')}` }],
  async run(args, output) {
    const lines = readLines(path.resolve(args.positional[0]!));
    const ids = optionOf(args, 'metrics')
      ?.split(',')
      .map((id) => id.trim()) ?? [...metrics.keys()];
    const { values } = scoreItems(
      lines,
      lines.map(({ prediction }) => prediction),
      ids,
    );
    if (args.options.has('json')) {
      const plain = Object.entries(values).map(([id, { value }]) => [id, value] as const);
      output.result(`${JSON.stringify({ n: lines.length, metrics: Object.fromEntries(plain), details: values })}\n`);
      return 0;
    }
    output.result(`${lines.length} predictions\n`);
    for (const [id, { value, n, low, high }] of Object.entries(values)) {
      const interval = low === undefined || high === undefined ? '' : `  [${low.toFixed(4)}, ${high.toFixed(4)}]`;
      output.result(
        `${id.padEnd(24)}${value === null ? 'applies to no line' : `${value.toFixed(4)}${interval}`}  n = ${n}\n`,
      );
    }
    return 0;
  },
};

/** @throws MP2001 unreadable file, MP2002 a line that is no JSON, MP2004 a line that lacks something, MP2005 no line at all. */
function readLines(file: string): Line[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new MedpeftError('MP2001', `${file} cannot be read: ${why}`, 'name a file of JSON lines', file, { cause });
  }
  const lines = text.split(/\r?\n/).flatMap((line, i) => (line.trim() ? [toLine(line, `${file}:${i + 1}`)] : []));
  if (lines.length === 0)
    throw new MedpeftError('MP2005', `${file} holds no prediction`, 'write one JSON object a line', file);
  return lines;
}

function toLine(line: string, place: string): Line {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line) as Record<string, unknown>;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new MedpeftError('MP2002', `${place} is not valid JSON: ${why}`, 'write one JSON object a line', place, {
      cause,
    });
  }
  const { prediction, reference, answer_type } = value ?? {};
  const hint = 'a line is {id, prediction, reference (text or list of texts), answer_type? (closed or open)}';
  if (typeof prediction !== 'string')
    throw new MedpeftError('MP2004', `${place}: prediction is not a text`, hint, place);
  const isText = (one: unknown) => typeof one === 'string';
  if (!isText(reference) && !(Array.isArray(reference) && reference.length > 0 && reference.every(isText)))
    throw new MedpeftError('MP2004', `${place}: reference is neither a text nor a list of texts`, hint, place);
  const type = typeof answer_type === 'string' ? answer_type.trim().toLowerCase() : answer_type;
  if (type !== undefined && type !== null && type !== 'closed' && type !== 'open')
    throw new MedpeftError('MP2004', `${place}: answer_type is neither closed nor open`, hint, place);
  return { prediction, answer: reference as string | string[], ...(type ? { answerType: type } : {}) };
}
