/**
 * PMC-VQA (Zhang et al. 2023): CSV files with `Figure_path, Question, Choice A` … `Choice D` and the answer in one of two ways: its text in
 * `Answer` (misspelt `Anwser` in some files) with the letter in `Answer_label`, or the letter alone in `Answer`. Choices carry their letter
 * (` A:the liver `), which is taken off. Every question has choices, so all are closed.
 */
import { firstOf } from '../source';
import { type Row, rowsOf } from './delimited';
import type { Format, ReadRecord } from './format';
import { bad, clean, fieldsOf, good } from './values';

const splits = ['train', 'test', 'train_2', 'test_2', 'test_clean'];
const letters = ['A', 'B', 'C', 'D'] as const;

export const pmcVqa: Format = {
  id: 'pmc_vqa',
  summary: 'PMC-VQA: train.csv, test.csv (and train_2, test_2, test_clean) with choices A to D; images/',
  kinds: ['vqa'],
  splits,
  fields: [
    'index',
    'Figure_path',
    'Caption',
    'Question',
    'Answer',
    'Answer_label',
    'split',
    ...letters.map((letter) => `Choice ${letter}`),
  ],
  imageFolders: ['images', 'figures', ''],
  filesOf: async (split, source) => [await firstOf(source, [`${split}.csv`])],
  async *read(_, [file], source) {
    let index = 0;
    for await (const row of rowsOf(source, file!, { required: ['Figure_path', 'Question', 'Choice A'] }))
      yield toItem(row, String(index++));
  },
};

function toItem({ cells, misfit }: Row, position: string): ReadRecord {
  const { Anwser: misspelt, ...rest } = cells;
  const values = misspelt === undefined ? rest : { ...rest, Answer: misspelt };
  const id = clean(values.index) || position;
  if (misfit) return bad(id, misfit);
  const [image, question] = [clean(values.Figure_path), clean(values.Question)];
  if (!image) return bad(id, 'Figure_path is empty');
  if (!question) return bad(id, 'the question is empty');
  const choices = letters.map((letter) =>
    clean(values[`Choice ${letter}`]).replace(new RegExp(`^${letter}\\s*:\\s*`), ''),
  );
  const written = clean(values.Answer);
  const isLetter = /^[A-D]$/.test(written);
  const label = clean(values.Answer_label) || (isLetter ? written : '');
  const chosen = choices[letters.indexOf(label as 'A')];
  const answer = isLetter || written === '' ? chosen : written.replace(/^[A-D]\s*:\s*/, '');
  if (!answer) return bad(id, 'the answer is empty');
  if (chosen !== undefined && chosen.toLowerCase() !== answer.toLowerCase())
    return bad(id, 'the answer is not the choice that its label names');
  return good({
    kind: 'vqa',
    id,
    image,
    question,
    answer,
    answerType: 'closed',
    choices: choices.filter(Boolean),
    fields: fieldsOf(values),
  });
}
