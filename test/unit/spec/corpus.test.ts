// Every spec of test/fixtures/specs says in comments what is wrong with the line above: // CODE [warning|information] `text`[#occurrence] [-> suggestion]
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Code, codes } from '../../../runner/codes';
import type { Diagnostic } from '../../../runner/errors';
import { checkSpec, loadSpec } from '../../../runner/spec';

const root = path.resolve(import.meta.dirname, '../../fixtures/specs');
const specs = ['good', 'bad'].flatMap((folder) =>
  readdirSync(path.join(root, folder)).map((name) => path.join(root, folder, name)),
);
const marker = /^\s*\/\/ (MP\d{4})( warning| information)? (?:`(.*)`(?:#(\d))?|first line)(?: -> (.+))?$/;

/** `line:from-to CODE severity -> suggestion`, one a diagnostic. */
function expected(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const match = marker.exec(line);
    if (!match) return [];
    const [, code, severity, part, occurrence = '1', suggestion] = match;
    let above = i;
    while (marker.test(lines[above]!)) above--;
    const at = part === undefined ? 0 : above;
    let from = 0;
    if (part !== undefined)
      for (let n = Number(occurrence), next = 0; n > 0; n--, next = from + 1) from = lines[at]!.indexOf(part, next);
    expect(from, `${part} in ${lines[at]}`).toBeGreaterThanOrEqual(0);
    const to = from + (part ?? lines[0]!).length;
    return [`${at + 1}:${from}-${to} ${code} ${severity?.trim() ?? 'error'} -> ${suggestion}`];
  });
}

function shown({ code, severity, range, suggestion }: Diagnostic): string {
  const { start, end } = range;
  const to = end.line === start.line ? end.character : `${end.line + 1}:${end.character}`;
  return `${start.line + 1}:${start.character}-${to} ${code} ${severity} -> ${suggestion}`;
}

describe.each(specs)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  it('has the diagnostics that its comments announce', async () => {
    expect((await checkSpec(loadSpec(file))).map(shown).sort()).toEqual(expected(text).sort());
  });

  it('has them at the same places with CRLF', async () => {
    const diagnostics = await checkSpec(loadSpec(file, { text: text.replaceAll('\n', '\r\n') }));
    expect(diagnostics.map(shown).sort()).toEqual(expected(text).sort());
  });

  it('says what to do, where the message alone does not', async () => {
    for (const { code, hint, message, suggestion } of await checkSpec(loadSpec(file)))
      if (!['MP1003', 'MP1005'].includes(code)) expect(hint ?? suggestion, `${code} ${message}`).toBeTruthy();
  });
});

/** Codes of specs, data and models that `validate` never says. */
const elsewhere: Partial<Record<Code, string>> = {
  MP1007: 'there is no text to mark',
  MP2003: 'images are decoded by runs and by `inspect data`',
  MP2008: 'images are decoded by runs and by `inspect data`',
  MP3007: 'a spec names no adapter folder',
  MP3101: 'backends are looked for by runs and by `doctor`',
  MP3103: 'a device is lost while a run is computed',
};

describe('every code that a spec can have', () => {
  const reachable = (Object.keys(codes) as Code[]).filter(
    (code) => (code < 'MP4' || code === 'MP4014') && elsewhere[code] === undefined,
  );
  const marked = (pattern: RegExp) =>
    new Set(
      specs.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(pattern)].flatMap(([, found]) => found!.trim().split(' ')),
      ),
    );

  it('is met by a bad spec of the corpus', () => {
    expect([...marked(/\/\/ (MP\d{4})/g)].sort()).toEqual(reachable);
  });

  it('has a good one that comes close and does not meet it', () => {
    expect([...marked(/\/\/ good ([MP\d ]+)/g)].sort()).toEqual(reachable);
  });
});
