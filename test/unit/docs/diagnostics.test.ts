/** docs/diagnostics.md against runner/codes.ts: diagnostics link to it, so each code has its section there, and each section its code. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { codes } from '../../../runner/codes';

const file = path.resolve(import.meta.dirname, '../../../docs/diagnostics.md');
const sections = readFileSync(file, 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = '', ...body] = section.split('\n');
    const [code = '', ...title] = heading.split(' ');
    return { code, title: title.join(' '), body: body.join('\n').trim() };
  });

it('has a section for each code, in their order, under its words', () => {
  expect(sections.map(({ code, title }) => [code, title])).toEqual(Object.entries(codes));
});

it.each(sections)('says something about $code', ({ body }) => {
  expect(body.length).toBeGreaterThan(40);
});
