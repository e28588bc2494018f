import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openDataset, vqaItems } from '../../../runner/data';
import { normalizeAnswer } from '../../../runner/metrics';
import { describeShared, sharedPath } from '../../shared';

/** Right-hand sides: the output of VQA's own processPunctuation and processDigitArticle (GT-Vision-Lab/VQA, vqaEval.py) under Python 3.11. */
const official: [string, string][] = [
  ['Yes.', 'yes'],
  ['  the LEFT lung\n', 'left lung'],
  ['a/b', 'b'],
  ['T2-weighted MRI', 't2 weighted mri'],
  ['MRI - DWI', 'mri dwi'],
  ['5.6 cm', '5.6 cm'],
  ['1,000 ml', '1000 ml'],
  ['x, y; z', 'x y z'],
  ['none', '0'],
  ['zero', '0'],
  ['Two', '2'],
  ['Ten', '10'],
  ['couldnt', "couldn't"],
  ["I'dve", "i'dve"],
  ["somebody'd", 'somebodyd'],
  ['lets', 'lets'],
  ['dont know', "don't know"],
  ["thered've", "there'd've"],
  ["y'alld've", "y'all'd've"],
  ["they'dve been", "they'd've been"],
  ['(R) kidney', 'r kidney'],
  ['what?!', 'what'],
  ['3.', '3'],
  ['3.5.', '3.5'],
  ['e.g. this', 'eg this'],
  ['a . b', 'b'],
  ['the', ''],
  ['', ''],
  ['...', ''],
  ['100%', '100%'],
  ['4-6 mm', '4 6 mm'],
  ['1, 2', '1 2'],
  ['left,right', 'left right'],
  ['µ-opioid', 'µ opioid'],
  ['“quoted”', '“quoted”'],
  ["dr. smith's", "dr smith's"],
];

describe('as the official script normalises', () => {
  it.each(official)('%j -> %j', (answer, normal) => {
    expect(normalizeAnswer(answer)).toBe(normal);
  });
});

describeShared('data/vqa-rad', 'every answer of VQA-RAD', () => {
  it('has the official normal form', async () => {
    const { splits } = await openDataset({ format: 'vqa_rad', path: sharedPath('data/vqa-rad') });
    const answers = [...new Set(vqaItems([...splits.values()].flat()).map(({ answer }) => answer))].sort();
    const lines = answers.map((answer) => `${answer}\t${normalizeAnswer(answer)}`).join('\n');
    // SHA-256 of the same 557 lines made with the official script
    expect(createHash('sha256').update(lines).digest('hex')).toBe(
      '653c41f9dcf9318ac4f4513658dfcf1cd0724a010e997bd267e20406913941ba',
    );
  });
});
