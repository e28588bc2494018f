/** Values of records as text, cleaned of what carries no meaning. */
import type { Values } from '../../../schemas/json';
import type { Item } from '../types';
import type { ReadRecord } from './format';

/** Text of a value: numbers as digits; TABs, line ends and runs of blanks become one blank; no outer blanks. Other values: ''. */
export function clean(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}

/** Every field that holds text, a number, true or false, or a list of these (joined by `, `), under the file's own name. */
export function fieldsOf(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(clean).join(', ') : clean(value)] as const)
      .filter(([, value]) => value !== ''),
  );
}

export function bad(id: string, reason: string): ReadRecord {
  return { bad: { id, reason } };
}

export function good(item: Item): ReadRecord {
  return { item };
}

/** Where no answer type is given, a question is closed if its answer is yes or no (as PathVQA's authors count). */
export function typeByAnswer(answer: string): 'closed' | 'open' {
  return /^(yes|no)$/i.test(answer) ? 'closed' : 'open';
}

/** CLOSED or OPEN in any case; undefined for another word. */
export function answerTypeOf(value: unknown): 'closed' | 'open' | undefined {
  const word = clean(value).toLowerCase();
  return word === 'closed' || word === 'open' ? word : undefined;
}

/** The fields by which reports are filtered beside a file's own: has_findings, has_impression, images. */
export function reportFields(sections: Readonly<Record<string, string>>, images: number): Record<string, string> {
  const has = (name: string) => (sections[name] ? 'yes' : 'no');
  return { has_findings: has('findings'), has_impression: has('impression'), images: String(images) };
}

/** Names of `reportFields`. */
export const reportFieldNames = ['has_findings', 'has_impression', 'images'] as const;

/** Sections as one report: findings, then impression. */
export function joinSections({ findings = '', impression = '' }: Readonly<Record<string, string>>): string {
  return [findings, impression].filter(Boolean).join(' ');
}
