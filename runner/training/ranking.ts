/** Answers that are chosen from the training answers instead of being generated: `ranking` of a vqa task. */
import type { TaskItem } from '../data/types';
import { MedpeftError } from '../errors';
import type { RankingSettings } from '../models/ranking';
import type { GenerationSettings, Model } from '../models/types';
import type { PlannedRun } from '../plan/types';
import type { Answering } from './evaluate';

export interface Candidates {
  texts: readonly string[];
  /** Tokens of each text with the stop token, without a start token. */
  tokens: readonly (readonly number[])[];
  settings: RankingSettings;
  /** Whether the answer to a question is chosen; else it is generated. */
  chooses(item: TaskItem): boolean;
}

/**
 * The distinct training answers in their order; answers that are the same tokens are one.
 * @param train the training items, answers as they are scored
 * @param encode tokens of an answer, with the stop token
 * @returns undefined if the task generates all answers
 * @throws MP1108 if there is no answer to choose from
 */
export function candidatesOf(
  task: PlannedRun['task'],
  train: readonly TaskItem[],
  encode: (answer: string) => number[],
): Candidates | undefined {
  if (task.type !== 'vqa' || !task.ranking) return undefined;
  const { questions = 'open', top_k: topK = 128, score = 'sum' } = task.ranking;
  const chooses = ({ answerType }: TaskItem) => questions === 'all' || answerType === 'open';
  const found = new Map<string, { text: string; tokens: number[] }>();
  for (const { answer: text } of train.filter(chooses)) {
    const tokens = encode(text);
    if (!found.has(tokens.join(' '))) found.set(tokens.join(' '), { text, tokens });
  }
  if (found.size === 0)
    throw new MedpeftError(
      'MP1108',
      `ranking has nothing to choose from: no training item has ${questions === 'open' ? 'an open' : 'an'} answer`,
      'name splits with such answers in `train`, or leave `ranking` out',
    );
  const all = [...found.values()];
  return {
    texts: all.map(({ text }) => text),
    tokens: all.map(({ tokens }) => tokens),
    settings: { topK, score },
    chooses,
  };
}

/** Items with the number of candidates that their answer is chosen from, as metrics ask for it; absent where it is written. */
export function withCandidateCounts(
  items: readonly TaskItem[],
  candidates: Candidates | undefined,
): (TaskItem & { candidates?: number })[] {
  return items.map((item) => (candidates?.chooses(item) ? { ...item, candidates: candidates.texts.length } : item));
}

/** The answers to a batch of questions, in their order: chosen ones and generated ones. */
export async function answersOf(
  model: Model,
  rows: readonly TaskItem[],
  generation: GenerationSettings,
  { collate, decode, candidates }: Answering,
): Promise<string[]> {
  const generate = async (items: readonly TaskItem[]) =>
    (await model.generate(await collate(items), generation)).map(decode);
  if (!candidates) return generate(rows);
  const answers = new Map<TaskItem, string>();
  const chosen = rows.filter(candidates.chooses);
  const written = rows.filter((item) => !candidates.chooses(item));
  if (chosen.length > 0) {
    const ranked = await model.rank(await collate(chosen), candidates.tokens, candidates.settings);
    for (const [i, item] of chosen.entries()) answers.set(item, candidates.texts[ranked[i]![0]!.candidate]!);
  }
  const texts = written.length > 0 ? await generate(written) : [];
  for (const [i, item] of written.entries()) answers.set(item, texts[i]!);
  return rows.map((item) => answers.get(item)!);
}
