import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanAsR2Gen, textFormsOf } from '../../../runner/data';
import { describeShared, sharedPath } from '../../shared';

describe('cleaning as R2Gen', () => {
  // Right-hand sides: R2Gen's own clean_report_mimic_cxr (modules/tokenizers.py) under Python 3.11, words joined by one blank.
  it.each([
    [
      'The heart is normal in size. XXXX, no effusion/pneumothorax.. 1. Stable. 2. No change: (clear) [left-sided]!',
      'the heart is normal in size . xxxx no effusionpneumothorax . stable . no change clear left-sided .',
    ],
    ['', '.'],
    ['no period', 'no period .'],
    ['Line one\nline two.  3. three', 'line one line two . three .'],
    ['5.6 cm nodule. T-spine "mild" A.P. view', '56 cm nodule . t-spine mild ap . view .'],
    ['___ was seen. __', 'was seen . .'],
  ])('%j', (report, cleaned) => {
    expect(cleanAsR2Gen(report)).toBe(cleaned);
  });
});

describeShared('data/iu-xray', 'every report of two circulating files', () => {
  // SHA-256 of the lines made with R2Gen's clean_report_iu_xray; clean_report_mimic_cxr gives the same words.
  it.each([
    ['r2gen_annotation.json', 2955, 'b1dac00c9eee8b6c52c0ee9d93ebdbec81001dc862977f6269aa774b9e3dd672'],
    ['mrg_rl_annotation.json', 3826, '12e3fbb4191bffcb0056febbad98fbc693f42c39243b7803b6a6ef8ccf16799e'],
  ])('%s', (name, count, hash) => {
    const parts = JSON.parse(readFileSync(sharedPath(`data/iu-xray/${name}`), 'utf8')) as Record<
      string,
      { report: string }[]
    >;
    const lines = Object.values(parts)
      .flat()
      .map(({ report }) => cleanAsR2Gen(report));
    expect(lines).toHaveLength(count);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(hash);
    expect(lines.filter((line) => cleanAsR2Gen(line) !== line)).toEqual([]);
  });
});

describe('texts of a task', () => {
  /** An uncased tokenizer that sets marks apart, and joins full stops again. */
  const tokenizer = {
    answer: (text: string) => ({ ids: [...text.toLowerCase()].map((c) => c.codePointAt(0)!), truncated: false }),
    decode: (ids: readonly number[]) => String.fromCodePoint(...ids).replace(' .', '.'),
  };
  const report = (settings: object) =>
    textFormsOf({ type: 'report_generation', metrics: ['bleu_1'], ...settings } as never, tokenizer);
  const text = 'The Heart is left-sided .';

  it('are left alone for questions', () => {
    const forms = textFormsOf({ type: 'vqa', metrics: ['exact_match'] }, tokenizer);
    expect([forms.target(text), forms.reference(text), forms.prediction(text)]).toEqual([text, text, text]);
  });

  it('none: the reference is spelled as the tokenizer spells it', () => {
    const forms = report({ cleaning: 'none' });
    expect([forms.target(text), forms.reference(text), forms.prediction(text)]).toEqual([
      text,
      'the heart is left-sided.',
      text,
    ]);
  });

  it('r2gen: all three are cleaned, and a prediction of nothing stays nothing', () => {
    const forms = report({ cleaning: 'r2gen' });
    const cleaned = 'the heart is left-sided .';
    expect([forms.target(text), forms.reference(text)]).toEqual([cleaned, cleaned]);
    expect([forms.prediction('the heart is left - sided.'), forms.prediction(' ')]).toEqual([cleaned, '']);
  });

  it('references are cut to max_reference_tokens words', () => {
    expect(report({ cleaning: 'r2gen', max_reference_tokens: 3 }).reference(text)).toBe('the heart is');
    expect(report({ max_reference_tokens: 2 }).reference(text)).toBe('the heart');
  });
});
