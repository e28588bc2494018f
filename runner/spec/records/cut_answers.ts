/** Training answers that are longer than the task allows: the model learns to stop where they are cut. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Spec, Task } from '../../../schemas/generated/spec';
import { countTruncated } from '../../data/collate';
import { textFormsOf } from '../../data/report_text';
import { cutWords, type TokenLimits, tokenLimits } from '../../data/token_limits';
import { openTokenizer, type Tokenizer } from '../../data/tokenizer';
import type { TaskItem } from '../../data/types';
import { MedpeftError } from '../../errors';
import { tokenizerFiles } from '../../models/checkpoint';
import type { GridCell } from '../../plan/cells';
import type { Resources } from '../../plan/resources';
import type { Finding } from '../report';

/** Of the cells of one task, in the tokens of each model; a model folder without a tokenizer says nothing. */
export async function cutAnswers(
  spec: Spec,
  cells: readonly GridCell[],
  train: readonly TaskItem[],
  resources: Resources,
): Promise<Finding[]> {
  const training = cells.filter(({ expanded }) => Object.keys(expanded.components).length > 0);
  const findings: Finding[] = [];
  for (const { model, task } of new Map(training.map((cell) => [cell.model, cell])).values()) {
    const opened = resources.model(spec, model);
    if (!('checkpoint' in opened)) continue;
    const { folder, family, config } = opened.checkpoint;
    if (!tokenizerFiles.some((file) => existsSync(path.join(folder, file)))) continue;
    try {
      const tokenizer = await openTokenizer(folder, family.reading(config), spec.models?.[model]?.prompt_template);
      findings.push(...cutOf(spec, { model, task }, train, tokenizer));
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      const { code, message, hint } = error;
      findings.push({ code, path: ['models', model, 'path'], message, ...(hint === undefined ? {} : { hint }) });
    }
  }
  return findings;
}

function cutOf(
  spec: Spec,
  { model, task }: { model: string; task: string },
  train: readonly TaskItem[],
  tokenizer: Tokenizer,
): Finding[] {
  const settings = spec.tasks![task]!;
  const limits = tokenLimits(settings);
  const { answerKey } = limits;
  const cut =
    settings.type === 'instruction' ? cutChats(train, limits, tokenizer) : cutTexts(settings, train, limits, tokenizer);
  if (cut === 0) return [];
  const written = Object.hasOwn(settings, answerKey);
  return [
    {
      code: 'MP2006',
      severity: 'warning',
      path: written ? ['tasks', task, answerKey] : ['tasks', task],
      ...(written ? {} : { at: 'key' as const }),
      message: `${cut} of ${train.length} training ${cutWords(limits)} tokens in "${task}" with the model "${model}"`,
      hint: `raise ${answerKey} of the task, or the model learns to stop early`,
    },
  ];
}

function cutChats(train: readonly TaskItem[], { question, answer, chat }: TokenLimits, tokenizer: Tokenizer): number {
  const settings = { tokenizer, maxQuestionTokens: question, maxAnswerTokens: answer };
  return countTruncated(train, { ...settings, ...(chat === undefined ? {} : { maxChatTokens: chat }) }).answers;
}

/** Each text once, however often it is an answer. */
function cutTexts(
  task: Task,
  train: readonly TaskItem[],
  { answer: limit }: TokenLimits,
  tokenizer: Tokenizer,
): number {
  const { target } = textFormsOf(task, tokenizer);
  const isCut = new Map<string, boolean>();
  return train.filter(({ answer }) => {
    const known = isCut.get(answer) ?? tokenizer.answer(target(answer), limit).truncated;
    isCut.set(answer, known);
    return known;
  }).length;
}
