/** What chat models are asked, as text: one example of each model on each task. */
import { shownPrompt } from '../data/prompts';
import type { TaskItem } from '../data/types';
import type { RunParts } from './plan';
import type { PlannedRun } from './types';

export interface ShownPrompt {
  model: string;
  task: string;
  /** Name of the prompt template. */
  template: string;
  /** `dataset/split#id` of the item. */
  item: string;
  /** `<image>` stands for the vectors of an image, `</s>` where an answer ends. */
  prompt: string;
  /** What the model is taught to go on with, or scored against. */
  answer: string;
}

/** The first training item, or test item, of each model and task whose texts have a template. */
export function shownPrompts(parts: ReadonlyMap<PlannedRun, Pick<RunParts, 'checkpoint' | 'data'>>): ShownPrompt[] {
  const shown = new Map<string, ShownPrompt>();
  for (const [run, { checkpoint, data }] of parts) {
    const key = JSON.stringify([run.modelName, run.taskName]);
    const reading = checkpoint.family.reading(checkpoint.config);
    const { train, test, transfer } = data.splits;
    const item = [...train, ...[...test.values(), ...transfer.values()].flat()][0];
    if (reading.kind !== 'chat' || shown.has(key) || !item) continue;
    const template = run.model.prompt_template ?? reading.template;
    shown.set(key, {
      model: run.modelName,
      task: run.taskName,
      template,
      item: `${item.split}#${item.id}`,
      prompt: shownPrompt(template, item.question, contextOf(item, reading.image !== undefined)),
      answer: item.answer,
    });
  }
  return [...shown.values()];
}

function contextOf({ chat, image, moreImageFiles = [] }: TaskItem, sees: boolean) {
  return { ...chat, images: sees && image !== undefined ? 1 + moreImageFiles.length : 0 };
}
