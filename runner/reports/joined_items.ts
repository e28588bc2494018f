/** The items that several runs answered, side by side. */
import path from 'node:path';
import type { Prediction } from '../../schemas/generated/prediction';
import { predictionFile, type RunSummary, readNotes, readPredictions } from '../runs';
import type { Note } from '../runs/notes';
import { decidingMetric, type Verdict, verdictOf } from './verdict';

export interface JoinedAnswer {
  prediction: string;
  /** By metric; null where a metric does not apply. */
  scores: Prediction['scores'];
  verdict: Verdict;
  note?: Note;
}

export interface JoinedItem {
  id: string;
  /** Relative to the data set's folder. */
  image?: string;
  question: string;
  reference: string;
  /** Answer type, question type, and the record's own fields, to filter by. */
  facets: Record<string, string>;
  /** One for each run, in their order. */
  answers: JoinedAnswer[];
}

export interface JoinedSet {
  /** File of predictions without its ending: `test-rad-test`. */
  id: string;
  /** `rad/test` in the spec; absent for predictions that the manifest does not name. */
  split?: string;
  role?: 'validation' | 'test' | 'transfer';
  /** Decides what counts as right: of the first run. */
  metric?: string;
  items: JoinedItem[];
  /** Items that not all runs answered, or not to the same question: left out. */
  leftOut: number;
}

const roles = ['test', 'transfer', 'validation'] as const;

/**
 * What was asked for comes before what only chose the checkpoint. Sets that not all runs have are left out.
 * @throws MP4003 for damaged notes or predictions
 */
export function joinItems(runs: readonly RunSummary[]): JoinedSet[] {
  const [first] = runs;
  if (!first) return [];
  const splits = splitsOf(first);
  const each = runs.map((run) => ({
    predictions: readPredictions(run.folder),
    notes: readNotes(run.folder).items ?? {},
  }));
  const ids = [...each[0]!.predictions.keys()].filter((id) => each.every(({ predictions }) => predictions.has(id)));
  const sets = ids.map((id): JoinedSet => {
    const lines = each.map(({ predictions }) => predictions.get(id)!);
    const metric = decidingMetric(lines[0]!, taskOf(first).select_by);
    const notes = each.map((one) => one.notes[id] ?? {});
    return { id, ...splits.get(id), metric, ...joined(lines, notes, metric) };
  });
  const rank = ({ role }: JoinedSet) => (role ? roles.indexOf(role) : roles.length);
  return sets.sort((a, b) => rank(a) - rank(b));
}

function joined(
  lines: readonly (readonly Prediction[])[],
  notes: readonly Record<string, Note>[],
  metric: string | undefined,
): Pick<JoinedSet, 'items' | 'leftOut'> {
  const [first, ...others] = lines;
  const byId = others.map((each) => new Map(each.map((line) => [line.id, line])));
  const items = first!.flatMap((line): JoinedItem[] => {
    const found = byId.map((each) => each.get(line.id));
    const same = found.filter((other) => other?.question === line.question && other.reference === line.reference);
    if (same.length < others.length) return [];
    const { id, image, question, reference } = line;
    const answers = [line, ...(same as Prediction[])].map(
      (answer, r): JoinedAnswer => ({
        prediction: answer.prediction,
        scores: answer.scores,
        verdict: verdictOf(answer, metric),
        ...(Object.hasOwn(notes[r]!, id) ? { note: notes[r]![id] } : {}),
      }),
    );
    return [{ id, ...(image ? { image } : {}), question, reference, facets: facetsOf(line), answers }];
  });
  const all = new Set(lines.flatMap((each) => each.map(({ id }) => id)));
  return { items, leftOut: all.size - items.length };
}

/** Fields that only repeat what the item says anyway are none. */
const repeated = ['answer_type', 'question_type'];

function facetsOf({
  id,
  image,
  question,
  reference,
  answer_type,
  question_type,
  fields = {},
}: Prediction): Record<string, string> {
  const said = new Set([id, image, image?.split('/').at(-1), question, reference, answer_type, question_type]);
  return {
    ...(answer_type ? { 'answer type': answer_type } : {}),
    ...(question_type ? { 'question type': question_type } : {}),
    ...Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => !repeated.includes(name) && !said.has(value)),
    ),
  };
}

function taskOf({ manifest }: RunSummary): {
  test?: unknown;
  transfer?: unknown;
  validation?: unknown;
  select_by?: unknown;
} {
  return manifest.resolved.task;
}

function splitsOf(run: RunSummary): Map<string, { role: (typeof roles)[number]; split: string }> {
  return new Map(
    (['test', 'transfer'] as const).flatMap((role) =>
      texts(taskOf(run)[role]).map((split) => [path.basename(predictionFile(role, split), '.jsonl'), { role, split }]),
    ),
  );
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
