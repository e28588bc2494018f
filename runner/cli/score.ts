/** `medpeft score PREDICTIONS.jsonl --metrics a,b`: scores answers of any origin by this program's rules. */
import path from 'node:path';
import type { MetricValue, MetricValues } from '../../schemas/generated/result';
import { MedpeftError } from '../errors';
import { metrics, scoreItems } from '../metrics';
import { type Arguments, type Command, optionOf } from './command';
import { readLabels } from './label_files';
import { type Line, readLines, readText } from './prediction_lines';

export const score: Command = {
  name: 'score',
  summary: 'score predictions: lines of {id, prediction, reference, answer_type?, candidates?}',
  arguments: [{ name: 'PREDICTIONS.jsonl' }],
  options: [
    { name: 'metrics', value: 'a,b', summary: `which (default: all): ${[...metrics.keys()].join(', ')}` },
    {
      name: 'by',
      value: 'FIELD,…',
      summary: "also for each value of a line's field: answer_type, question_type, organ …",
    },
    {
      name: 'candidates',
      value: 'FILE',
      summary: 'answers to choose from, for every line that names none: a JSON list, or one a line',
    },
    { name: 'reference-labels', value: 'CSV', summary: 'CheXpert labels of the references, for chexpert_f1_*' },
    { name: 'prediction-labels', value: 'CSV', summary: 'CheXpert labels of the predictions' },
  ],
  async run(args, output) {
    const lines = withLabels(withCandidates(readLines(path.resolve(args.positional[0]!)), args), args);
    const ids = listOf(args, 'metrics') ?? [...metrics.keys()];
    const values = valuesOf(lines, ids);
    const slices = (listOf(args, 'by') ?? []).map((field) => ({ field, groups: groupedBy(lines, field) }));
    const sliced = slices.map(({ field, groups }) => ({
      field,
      groups: [...groups].map(([value, members]) => ({ value, n: members.length, details: valuesOf(members, ids) })),
    }));
    if (args.options.has('json')) {
      const plain = ({ details, ...rest }: { details: MetricValues }) => ({
        ...rest,
        metrics: Object.fromEntries(Object.entries(details).map(([id, { value }]) => [id, value])),
        details,
      });
      const by = sliced.map(({ field, groups }) => [field, groups.map(plain)]);
      const result = { n: lines.length, ...plain({ details: values }) };
      output.result(`${JSON.stringify(by.length > 0 ? { ...result, by: Object.fromEntries(by) } : result)}\n`);
      return 0;
    }
    output.result(`${lines.length} predictions\n${textOf(values)}`);
    for (const { field, groups } of sliced)
      for (const { value, n, details } of groups)
        output.result(`\n${field} = ${value}: ${n} predictions\n${textOf(details)}`);
    return 0;
  },
};

function valuesOf(lines: readonly Line[], ids: readonly string[]): MetricValues {
  return scoreItems(
    lines,
    lines.map(({ prediction }) => prediction),
    ids,
  ).values;
}

function textOf(values: MetricValues): string {
  const width = Math.max(...Object.keys(values).map(({ length }) => length));
  return Object.entries(values)
    .map(([id, value]) => `${id.padEnd(width)}  ${valueText(value)}  n = ${value.n}\n`)
    .join('');
}

function valueText({ value, low, high }: MetricValue): string {
  if (value === null) return 'applies to no line';
  const interval = low === undefined || high === undefined ? '' : `  [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  return `${value.toFixed(4)}${interval}`;
}

function listOf(args: Arguments, option: string): string[] | undefined {
  return optionOf(args, option)
    ?.split(',')
    .map((one) => one.trim());
}

/** Lines by the value of a field, the largest group first; lines without it are a group of their own. */
function groupedBy(lines: readonly Line[], field: string): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const value = line.groups.get(field) ?? '(none)';
    groups.set(value, [...(groups.get(value) ?? []), line]);
  }
  if (groups.size === 1 && groups.has('(none)')) {
    const known = [...new Set(lines.flatMap((line) => [...line.groups.keys()]))];
    throw new MedpeftError(
      'MP4009',
      `--by ${field}: no line has this field`,
      `fields of the lines: ${known.join(', ')}`,
    );
  }
  return new Map([...groups].sort(([, a], [, b]) => b.length - a.length));
}

/** A line without candidates of its own may be judged against a common list. */
function withCandidates(lines: readonly Line[], args: Arguments): readonly Line[] {
  const given = optionOf(args, 'candidates');
  if (given === undefined) return lines;
  const file = path.resolve(given);
  const candidates = candidatesIn(readText(file), file);
  return lines.map((line) => ({ ...line, candidates: line.candidates ?? candidates }));
}

function candidatesIn(text: string, file: string): string[] {
  const bad = (cause?: unknown) =>
    new MedpeftError(
      'MP2002',
      `${file} is no list of texts`,
      'write a JSON list of texts, or one candidate a line',
      file,
      { cause },
    );
  if (!text.trimStart().startsWith('[')) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim());
    if (lines.length === 0) throw bad();
    return lines;
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw bad(cause);
  }
  if (!Array.isArray(list) || list.length === 0 || !list.every((one) => ['string', 'number'].includes(typeof one)))
    throw bad();
  return list.map(String);
}

function withLabels(lines: readonly Line[], args: Arguments): readonly Line[] {
  const [reference, prediction] = ['reference-labels', 'prediction-labels'].map((name) => optionOf(args, name));
  if (reference === undefined && prediction === undefined) return lines;
  if (reference === undefined || prediction === undefined)
    throw new MedpeftError(
      'MP4009',
      'labels of one side alone cannot be compared',
      'give both --reference-labels and --prediction-labels',
    );
  const wanted = readLabels(path.resolve(reference), lines);
  const found = readLabels(path.resolve(prediction), lines);
  return lines.map((line, i) => ({ ...line, labels: wanted[i]!, predictedLabels: found[i]! }));
}
