/** What people read in the editor can be translated: the words of the extension by VS Code, those of its pages by what VS Code gives them. */
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { bundleFile, bundleText, sources } from '../../../scripts/l10n.mjs';

it('l10n/bundle.l10n.json has every message (npm run l10n)', () => {
  expect(readFileSync(bundleFile, 'utf8')).toBe(bundleText());
});

/** What is read of an element, a notification or a list, as a text that stands there bare. */
const bare = [
  /\b(?:title|placeholder|'aria-label'|'aria-roledescription'|label|labelFont|detail|placeHolder): (?:'[^']*[a-z]{2} ?[^']*'|`[^`]*[a-z]{2} [^`]*`)/g,
  /\bsetText\([^,]+, ['`][^'`]*[a-z]{2}/g,
  /\belement\((?:'[a-z0-9]+'), \{[^}]*\}, '[^']*[a-z]{2}[^']*'/g,
  /\blabelled\('/g,
  /\bshow(?:Information|Warning|Error)Message\(['`]/g,
  /\breturn `[^`$]*[a-z]{3} [^`]*`/g,
  /(?<!\bt\()(?<!\n)(?<=[^\n]) ['`][A-Z][a-z]+ [a-z]+[^'`]*['`]/g,
];
/** Not for people, or not in their language: ids of VS Code, reports of the command line's own words, what names a quantity. */
const excused = /'chart'|MedPEFT |labelFont|runner\/|tests\//;

it.each([...sources()].filter(([name]) => name.startsWith('webview/')))('%s says nothing bare', (_name, text) => {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/\bt\(\s*'(?:[^'\\\n]|\\.)*'/g, 't(_');
  const found = bare.flatMap((pattern) => [...code.matchAll(pattern)].map(([words]) => words));
  expect(found.filter((words) => !excused.test(words))).toEqual([]);
});

it('a page takes the words that it was given, and English for the others', async () => {
  const words = JSON.stringify({ '{0} of {1}': '{1}, davon {0}' });
  vi.stubGlobal('document', { getElementById: () => ({ dataset: { words } }) });
  vi.resetModules();
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });
  const { t } = await import('../../../client/webview/common/l10n');
  expect([t('{0} of {1}', 3, '{0}'), t('{0} ago', '2 s'), t('Show all')]).toEqual([
    '{0}, davon 3',
    '2 s ago',
    'Show all',
  ]);
});
