/** What is worth knowing of a data set before anything is trained on it: the kinds of findings, and counting them. */

/** Whether a finding changes what a score means, what is learnt, or neither. */
export type Matters = 'score' | 'training' | 'no';

/** Code -> what it says, and whether it matters. `docs/data.md` has the reasons. */
export const findingKinds = {
  image_shared: ['images that also occur in the other split', 'score'],
  image_copy_shared: ['images whose bytes an image of the other split has under another name', 'score'],
  image_near_shared: ['images that look like another image of the other split', 'score'],
  patient_shared: ['patients who also occur in the other split', 'score'],
  question_shared: ['image + question pairs that also occur in the other split, ignoring case', 'score'],
  item_shared: ['image + question + answer triplets that also occur in the other split, ignoring case', 'score'],
  contradicting_answers: ['image + question pairs with several answers, ignoring case', 'score'],
  closed_not_yes_no: ['closed answers that are neither yes nor no', 'score'],
  record_unusable: ['records that cannot be used', 'score'],
  image_missing: ['images that are not in the image folder, or lie outside of it', 'score'],
  image_unreadable: ['image files that do not decode', 'score'],
  item_repeated: ['copies beyond the first of an image, question and answer, ignoring case', 'training'],
  image_copied: ['image files with the bytes of another', 'training'],
  image_near: ['images that look like another, such as a copy at another size or compression', 'training'],
  image_turned: [
    'images with an orientation tag, which is followed, as viewers do; tools that open them by Pillow alone see them as they are stored',
    'training',
  ],
  answer_number: ['answers that are numbers in the file, read as text', 'no'],
  text_blanks: ['texts with TABs, line ends, outer or double blanks, read without', 'no'],
  note: ['what the reader got over', 'no'],
  image_unused: ['image files that no record names', 'no'],
} as const satisfies Record<string, readonly [string, Matters]>;

export type FindingCode = keyof typeof findingKinds;

export interface Finding {
  code: FindingCode;
  /** In words; the same for all findings of a code, but for what readers say. */
  message: string;
  matters: Matters;
  /** Where: a split, or two, of which the second is counted. Absent for the whole data set. */
  splits: readonly string[];
  count: number;
  /** Of how many, where a share makes sense. */
  of?: number;
  /** The first few: ids of records, or images. */
  examples: readonly string[];
}

const keptExamples = 5;

/** @returns nothing where there is nothing to tell. */
export function finding(
  code: FindingCode,
  splits: readonly string[],
  found: Iterable<string>,
  { of, says }: { of?: number; says?: string } = {},
): Finding[] {
  const all = [...found];
  if (all.length === 0) return [];
  const [message, matters] = findingKinds[code];
  return [
    {
      code,
      message: says ?? message,
      matters,
      splits,
      count: all.length,
      ...(of === undefined ? {} : { of }),
      examples: all.slice(0, keptExamples),
    },
  ];
}
