/** LLaVA-Med's own scores against that script itself (microsoft/LLaVA-Med at b9a98a7, run by scripts/oracle/llava_med.py under Python 3.11). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreItems } from '../../../runner/metrics';

interface Golden {
  candidates: string[];
  items: { answer_type: 'closed' | 'open'; reference: string; prediction: string; scores: Record<string, number> }[];
}

const file = path.join(import.meta.dirname, '../../fixtures/metrics/llava_med.json');
const { candidates, items } = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const ids = [...new Set(items.flatMap(({ scores }) => Object.keys(scores)))];

describe.each(ids)('%s', (id) => {
  const own = scoreItems(
    items.map(({ reference, answer_type }) => ({ answer: reference, answerType: answer_type, candidates })),
    items.map(({ prediction }) => prediction),
    [id],
  );

  it('equals the script on every generated item, and is null where the script counts none', () => {
    const wrong = items.filter(({ scores }, i) => {
      const value = own.items[i]![id]!;
      return scores[id] === undefined ? value !== null : value === null || Math.abs(value - scores[id]) > 1e-12;
    });
    expect(wrong).toEqual([]);
  });
});

describe('its oddities', () => {
  const score = (id: string, answerType: 'closed' | 'open', answer: string, prediction: string) =>
    scoreItems([{ answer, answerType }], [prediction], [id]).values[id]!.value;

  it('"normal" and "not sure" are a no; a right answer that is neither yes nor no is wrong', () => {
    expect(score('llava_med_closed', 'closed', 'no', 'it looks normal')).toBe(1);
    expect(score('llava_med_closed', 'closed', 'no', 'I am not sure')).toBe(1);
    expect(score('llava_med_closed', 'closed', 'left', 'left')).toBe(0);
  });

  it('"exact match" is overlap, and recall grows by repeating a word', () => {
    expect(score('llava_med_exact_match', 'open', 'left lung', 'left kidney')).toBe(0.5);
    expect(score('llava_med_open', 'open', 'left lung', 'left')).toBe(0.5);
    expect(score('llava_med_open', 'open', 'left lung', 'left left left')).toBe(0.75);
  });
});
