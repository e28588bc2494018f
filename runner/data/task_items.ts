/** Records of any kind as items of a task: image and question in, answer out. */
import path from 'node:path';
import type { Task } from '../../schemas/generated/spec';
import { MedpeftError } from '../errors';
import { withOptions } from './image_reference';
import type { Exchange } from './prompts';
import type { Dataset, InstructionItem, Item, ReportItem, TaskItem, VqaItem } from './types';

interface Origin extends Pick<Dataset, 'imageFolder' | 'imageOptions'> {
  /** The data set's name in the spec. */
  dataset: string;
  /** `dataset/split`. */
  split: string;
}

/**
 * @throws MP1108 if the records are of a kind that the task cannot use, or lack what it asks for (the section of a report).
 */
export function taskItemsOf(task: Task, items: readonly Item[], origin: Origin): TaskItem[] {
  return items.map((item) => {
    const { image, images = [], ...content } = contentOf(task, item, origin.split);
    const fileOf = (name: string) => optioned(path.resolve(origin.imageFolder, name), origin.imageOptions);
    const more = images.slice(1);
    return {
      id: item.id,
      ...content,
      ...(item.patient === undefined ? {} : { patient: item.patient }),
      fields: item.fields,
      dataset: origin.dataset,
      split: origin.split,
      ...(image === undefined ? {} : { image, imageFile: fileOf(image) }),
      ...(more.length > 0 ? { moreImageFiles: more.map(fileOf) } : {}),
    };
  });
}

/** The options of the data set, each to files of its kind; what the image's own name says goes first. */
function optioned(file: string, options: Dataset['imageOptions']): string {
  if (!options) return file;
  const { frame, window, ...volume } = options;
  const text = (values: object) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
  const dicom = withOptions(file, text({ frame, window }), /\.(dcm|dicom)$/i);
  return withOptions(dicom, text({ window: window === 'full' ? undefined : window, ...volume }), /\.nii(\.gz)?$/i);
}

type Content = Pick<
  TaskItem,
  'image' | 'imageHash' | 'question' | 'answer' | 'answerType' | 'questionType' | 'choices' | 'chat' | 'teachesEarlier'
> & {
  /** All images that the task uses, the first included. */
  images?: readonly string[];
};

function contentOf(task: Task, item: Item, split: string): Content {
  if (task.type === 'vqa' && item.kind === 'vqa') return questionOf(item);
  if (task.type === 'report_generation' && item.kind === 'report') return reportOf(task, item, split);
  if (task.type === 'vqa' && item.kind === 'instruction') return chatOf(item, split);
  if (task.type === 'instruction' && item.kind === 'instruction') return wholeChatOf(item, split);
  const kinds = { vqa: 'questions on images', report: 'reports', instruction: 'chats' };
  throw new MedpeftError(
    'MP1108',
    `${split} holds ${kinds[item.kind]}, which a task of type ${task.type} cannot use`,
    'name a data set of another format, or another type of task',
    split,
  );
}

function questionOf({ image, imageHash, question, answer, answerType, questionType, choices }: VqaItem): Content {
  return {
    image,
    question,
    answer,
    answerType,
    ...(imageHash === undefined ? {} : { imageHash }),
    ...(questionType === undefined ? {} : { questionType }),
    ...(choices === undefined ? {} : { choices }),
  };
}

function reportOf(
  { sections: wanted, prompt = '', views = 'first' }: Extract<Task, { type: 'report_generation' }>,
  item: ReportItem,
  split: string,
): Content {
  const images = item.images.map(({ image }) => image);
  // A file of whole reports does not say what stands where: the report is taken as it is.
  const sections: readonly string[] = Object.keys(item.sections).length > 0 ? (wanted ?? []) : [];
  const texts = sections.map((name) => item.sections[name] ?? '').filter(Boolean);
  const answer = sections.length > 0 ? texts.join(' ') : item.report;
  if (!answer)
    throw new MedpeftError(
      'MP2004',
      `${split}: the report with id ${item.id} has no ${sections.join(' nor ')}`,
      'ask for other sections, or keep only reports that have them: `"filter": {"has_findings": "yes"}` of the data set',
      `${split}#${item.id}`,
    );
  return { image: images[0]!, images: views === 'all' ? images : [], question: prompt, answer };
}

/** The first question and its answer; a chat of several turns has more than a question. */
function chatOf(item: InstructionItem, split: string): Content {
  const [question, answer, ...rest] = item.turns.filter(({ from }) => from !== 'system');
  const image = item.images[0];
  if (image !== undefined && question?.from === 'user' && answer?.from === 'assistant' && rest.length === 0)
    return {
      image,
      question: question.text,
      answer: answer.text,
      ...(item.answerType === undefined ? {} : { answerType: item.answerType }),
    };
  throw new MedpeftError(
    'MP2004',
    `${split}: the chat with id ${item.id} is not one question on one image with one answer`,
    'keep only such chats: `"filter": {"turns": "2", "images": "1"}` of the data set',
    `${split}#${item.id}`,
  );
}

/** A chat with all its images as it is trained on: its last question and answer, after all that was said before. */
function wholeChatOf({ id, images, turns, answerType }: InstructionItem, split: string): Content {
  const system = turns.find(({ from }) => from === 'system')?.text;
  const said = turns.filter(({ from }) => from !== 'system');
  const exchanges: Exchange[] = [];
  for (let i = 0; i < said.length; i += 2) {
    const [question, answer] = [said[i]!, said[i + 1]];
    if (question.from !== 'user' || answer?.from !== 'assistant')
      throw new MedpeftError(
        'MP2004',
        `${split}: turn ${i + 1} of the chat with id ${id} is not a question with an answer after it`,
        'keep only chats that can be learnt from: `"filter": {"answered": "yes"}` of the data set',
        `${split}#${id}`,
      );
    exchanges.push({ question: question.text, answer: answer.text });
  }
  const last = exchanges.pop()!;
  return {
    image: images[0],
    images,
    ...last,
    ...(answerType === undefined ? {} : { answerType }),
    chat: { ...(system === undefined ? {} : { system }), earlier: exchanges },
    teachesEarlier: true,
  };
}

/** An item for each answer of a chat that is scored: the true answers before it are given. Other items are themselves. */
export function eachAnswer(item: TaskItem): TaskItem[] {
  const { chat, teachesEarlier: _, ...one } = item;
  if (!chat) return [item];
  const exchanges = [...chat.earlier, { question: item.question, answer: item.answer }];
  return exchanges.map((exchange, i) => ({
    ...one,
    ...exchange,
    ...(exchanges.length > 1 ? { id: `${item.id}#${i + 1}` } : {}),
    fields: { ...item.fields, turn: String(i + 1) },
    chat: { ...chat, earlier: exchanges.slice(0, i) },
  }));
}
