/**
 * LLaVA's instruction data: `[{id, image, conversations: [{from: human | gpt | system, value}], answer_type?}]` as one JSON list or a record a
 * line, and LLaVA-Med's evaluation files, a line each `{question_id, image, text, gpt4_answer}`. `<image>` stands before or after the first
 * question; it is taken out and remembered. A split is a file: `train.json` or `train.jsonl` is the split `train`; a single file is `all`.
 */
import { isObject, type Values } from '../../../schemas/json';
import type { InstructionItem, Turn } from '../types';
import type { Format, ReadRecord } from './format';
import { jsonRecords } from './json_stream';
import { jsonShape, namedFile, namedSplits } from './named_files';
import { answerTypeOf, bad, clean, fieldsOf, good } from './values';

const endings = ['.json', '.jsonl'];
const speakers: Record<string, Turn['from']> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  system: 'system',
};

export const llavaJson: Format = {
  id: 'llava_json',
  summary: 'LLaVA instruction data as JSON or JSONL, a file a split, or LLaVA-Med evaluation questions; images/',
  kinds: ['instruction'],
  imageFolders: ['images', ''],
  acceptsFile: true,
  splitsOf: (source) => namedSplits(source, endings),
  filesOf: async (split, source) => [await namedFile(source, split, endings)],
  async *read(_, [file], source) {
    for await (const { value, index } of jsonRecords(source, file!, await jsonShape(source, file!)))
      yield toItem(value, index);
  },
};

function toItem(values: unknown, index: number): ReadRecord {
  if (!isObject(values)) return bad(`record ${index}`, 'the record is not an object');
  const id = clean(values.id ?? values.question_id) || `record ${index}`;
  const written = Array.isArray(values.conversations) ? values.conversations.map(turnOf) : questionOf(values);
  const turns = written.filter((turn): turn is Turn => turn !== undefined);
  if (turns.length < written.length) return bad(id, 'a turn is not {from: human, gpt or system, value}');
  if (turns.length === 0) return bad(id, 'there is neither a conversation nor a question');
  const first = turns.find(({ from }) => from === 'user')?.text.trim() ?? '';
  const imageMark = first.startsWith('<image>') ? 'before' : first.endsWith('<image>') ? 'after' : undefined;
  const plain = turns.map(({ from, text }): Turn => ({ from, text: text.replaceAll('<image>', '').trim() }));
  if (plain.some(({ text }) => text === '')) return bad(id, 'a turn is empty');
  const said = plain.filter(({ from }) => from !== 'system');
  if (said.some(({ from }, i) => from !== (i % 2 === 0 ? 'user' : 'assistant')))
    return bad(id, 'questions and answers do not take turns');
  const images = (Array.isArray(values.image) ? values.image : [values.image]).map(clean).filter(Boolean);
  if (images.length === 0 && imageMark) return bad(id, 'the question shows an image, and none is named');
  const answerType = answerTypeOf(values.answer_type);
  const item: InstructionItem = {
    kind: 'instruction',
    id,
    images,
    turns: plain,
    ...(imageMark ? { imageMark } : {}),
    ...(answerType ? { answerType } : {}),
    fields: {
      ...fieldsOf({ ...values, conversations: undefined }),
      ...flags(values),
      turns: String(plain.length),
      images: String(images.length),
      answered: said.length > 0 && said.length % 2 === 0 ? 'yes' : 'no',
    },
  };
  return good(item);
}

function turnOf(turn: unknown): Turn | undefined {
  if (!isObject(turn) || typeof turn.value !== 'string') return undefined;
  const from = speakers[clean(turn.from)];
  return from && { from, text: turn.value };
}

/** A question of LLaVA-Med's evaluation, with GPT-4's answer as the reference. */
function questionOf(values: Values): (Turn | undefined)[] {
  if (typeof values.text !== 'string') return [];
  const answer = values.gpt4_answer ?? values.answer;
  return [
    { from: 'user', text: values.text },
    ...(typeof answer === 'string' ? [{ from: 'assistant' as const, text: answer }] : []),
  ];
}

/** Objects of true and false, such as LLaVA-Med's `domain`, as the names that are true. */
function flags(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => isObject(value) && Object.values(value).every((flag) => typeof flag === 'boolean'))
      .map(([name, value]) => [
        name,
        Object.keys(value as Values)
          .filter((key) => (value as Values)[key])
          .join(', '),
      ]),
  );
}
