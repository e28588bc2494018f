import { describe, expect, it } from 'vitest';
import { openDataset, vqaItems } from '../../../runner/data';
import {
  fitBaselines,
  fitChatBaselines,
  fitTextBaselines,
  metricOf,
  metrics,
  scoreBaselines,
  scoreItems,
} from '../../../runner/metrics';
import type { Reference } from '../../../runner/metrics/metric';
import { describeShared, sharedPath } from '../../shared';

const closed = (answer: string): Reference => ({ answer, answerType: 'closed' });
const open = (answer: string | string[]): Reference => ({ answer, answerType: 'open' });

/** Item, prediction, and each metric's score; null where it does not apply. Overlaps counted by hand. */
const table: [Reference, string, Record<string, number | null>][] = [
  [
    closed('Yes'),
    'yes.',
    { exact_match: 1, closed_accuracy: 1, closed_yes_no_accuracy: 1, open_accuracy: null, open_f1: null },
  ],
  [closed('No'), 'normal', { exact_match: 0, closed_accuracy: 0, closed_yes_no_accuracy: 0 }],
  [closed('left'), 'the left', { exact_match: 1, closed_accuracy: 1, closed_yes_no_accuracy: null }],
  [{ answer: 'yes' }, 'yes', { exact_match: 1, closed_accuracy: null, open_accuracy: null, open_recall: null }],
  [
    open('right lower lung lobe'),
    'the lower lobe',
    {
      exact_match: 0,
      closed_accuracy: null,
      open_accuracy: 0,
      open_recall: 2 / 4,
      open_precision: 2 / 2,
      open_f1: 4 / 6,
    },
  ],
  [open('mass mass'), 'mass', { open_recall: 1 / 2, open_precision: 1, open_f1: 2 / 3 }],
  [open('mass'), 'mass mass mass', { open_recall: 1, open_precision: 1 / 3, open_f1: 1 / 2 }],
  [open('liver'), '', { open_accuracy: 0, open_recall: 0, open_precision: 0, open_f1: 0 }],
  [open(['liver', 'the spleen']), 'spleen', { exact_match: 1, open_accuracy: 1, open_recall: 1 }],
];

describe('scores of single items', () => {
  it.each(table)('%j: %j', (item, prediction, expected) => {
    const { items } = scoreItems([item], [prediction], Object.keys(expected));
    for (const [metric, score] of Object.entries(expected))
      expect(items[0]![metric], metric).toEqual(score === null ? null : expect.closeTo(score, 12));
  });

  it('ids are unique, and an unknown one is refused by name', () => {
    for (const [id, metric] of metrics) expect(metric.id).toBe(id);
    expect(() => metricOf('meteor_1_5')).toThrow(expect.objectContaining({ code: 'MP1106' }));
    expect(() => scoreItems([closed('a')], [], ['exact_match'])).toThrow(RangeError);
  });
});

it('aggregates over the items that a metric applies to, with n and interval', () => {
  const items = [closed('yes'), closed('no'), open('liver lobe'), open('spleen')];
  const { values } = scoreItems(
    items,
    ['yes', 'yes', 'liver', 'spleen'],
    ['exact_match', 'closed_accuracy', 'open_f1'],
  );
  expect(values.exact_match).toMatchObject({ value: 0.5, n: 4 });
  expect(values.closed_accuracy).toMatchObject({ value: 0.5, n: 2 });
  expect(values.open_f1).toMatchObject({ value: (2 / 3 + 1) / 2, n: 2, low: expect.closeTo(2 / 3, 12), high: 1 });
  expect(scoreItems([open('x')], ['x'], ['closed_accuracy']).values.closed_accuracy).toEqual({ value: null, n: 0 });
});

describe('baselines', () => {
  it('the most frequent normalised answer; of equals the alphabetically first', () => {
    const train = ['No', 'no.', 'yes', 'Yes', 'yes'].map((answer) => ({ answer, answerType: 'closed' as const }));
    const organs = ['spleen', 'liver'].map((answer) => ({ answer, answerType: 'open' as const }));
    const [constant, perType] = fitBaselines([...train, ...organs]);
    expect(constant!.description).toBe('always answers "yes" (3 of 7 training answers)');
    expect([train[0]!, organs[0]!].map((item) => perType!.predict(item))).toEqual(['yes', 'liver']);
    expect(fitBaselines(train.slice(1, 4).slice(0, 2))[0]!.predict(train[0]!)).toBe('no');
    expect(fitBaselines([])).toEqual([]);
  });
});

describe('the question alone', () => {
  it('answers as the same question was answered, else as questions of its type that begin alike, else by type', () => {
    const ask = (question: string, answer: string, answerType: 'closed' | 'open') => ({ question, answer, answerType });
    const train = [
      ask('Is the heart enlarged?', 'No', 'closed'),
      ask('Is the heart big?', 'yes', 'closed'),
      ask('Is there a mass?', 'no', 'closed'),
      ask('What organ is this?', 'Lung', 'open'),
      ask('What organ is that?', 'lung.', 'open'),
      ask('Where is the mass?', 'left', 'open'),
      ask('Where is it?', 'left', 'open'),
      ask('Which side?', 'left', 'open'),
    ];
    const only = fitBaselines(train).find(({ id }) => id === 'question_only')!;
    const answer = (question: string, answerType: 'closed' | 'open') => only.predict(ask(question, '?', answerType));
    expect(answer('is the heart big', 'closed')).toBe('yes');
    expect(answer('What organ is seen?', 'open')).toBe('lung');
    // begins with a question of the other type
    expect(answer('What organ is seen?', 'closed')).toBe('no');
    expect(answer('How large is it?', 'open')).toBe('left');
  });
});

describe('chats', () => {
  it('have the baselines of questions, with answers as they are written', () => {
    const train = [
      { question: 'What is it?', answer: 'A lung.' },
      { question: 'What is it?', answer: 'A lung.' },
      { question: 'And that?', answer: 'No.' },
    ];
    const asked = { question: 'and that', answer: '' };
    expect(fitChatBaselines(train).map(({ id, predict }) => [id, predict(asked)])).toEqual([
      ['constant_answer', 'A lung.'],
      ['majority_per_type', 'A lung.'],
      ['question_only', 'No.'],
    ]);
  });
});

describe('texts', () => {
  it('have the most frequent one, as it is written, as their baseline', () => {
    const baselines = fitTextBaselines(['The heart.', 'A lung.', 'The heart.'].map((answer) => ({ answer })));
    expect(baselines.map(({ id, predict }) => [id, predict({ answer: '' })])).toEqual([
      ['constant_answer', 'The heart.'],
    ]);
  });
});

describeShared('data/vqa-rad', 'the constant answer on VQA-RAD', () => {
  it('is no, and right on 133 of 451 test items', async () => {
    const { splits } = await openDataset({ format: 'vqa_rad', path: sharedPath('data/vqa-rad') });
    const test = new Map([['rad/test', vqaItems(splits.get('test')!)]]);
    const baselines = scoreBaselines(fitBaselines(vqaItems(splits.get('train')!)), test, [
      'exact_match',
      'closed_yes_no_accuracy',
    ]);
    expect(baselines.constant_answer!.description).toContain('"no"');
    // README: CLOSED no 133, yes 118; no OPEN test answer is yes or no
    expect(baselines.constant_answer!.metrics['rad/test']).toMatchObject({
      exact_match: { value: 133 / 451, n: 451 },
      closed_yes_no_accuracy: { value: 133 / 251, n: 251 },
    });
  });
});
