/** README and docs lead nowhere else than to what is there, and what the README shows is small and true. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../../runner/spec';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const markdown = (folder: string) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));
const documents = ['.', 'docs', 'examples/vqa-rad', 'examples/vqa-rad/data', 'examples/vqa-rad/model'].flatMap(
  markdown,
);

/** How GitHub and VS Code name the place of a heading. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\-_ ]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string) => [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

const links = documents.flatMap((document) =>
  [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => ({ document, link })),
);

it.each(links)('$document: $link', ({ document, link }) => {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? document : path.join(path.dirname(document), file);
  expect(existsSync(path.join(root, target))).toBe(true);
  if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
});

describe('the README', () => {
  const readme = read('README.md');

  it('shows every picture that there is, none above 150 KB', () => {
    const shown = [...readme.matchAll(/!\[[^\]]+\]\((docs\/pictures\/[^)]+)\)/g)].map(([, file]) => file!);
    const there = readdirSync(path.join(root, 'docs/pictures')).map((name) => `docs/pictures/${name}`);
    expect(shown.sort()).toEqual(there.sort());
    for (const file of there) expect(statSync(path.join(root, file)).size, file).toBeLessThan(150_000);
  });

  it('begins an experiment of one’s own with a spec that is right', () => {
    const [, text] = /```json\n([\s\S]+?)```/.exec(readme) ?? [];
    expect(loadSpec('mine.medpeft.json', { text: text! }).diagnostics).toEqual([]);
  });

  it('names every command of the command line', () => {
    const commands = [...read('runner/cli/main.ts').matchAll(/from '\.\/(\w+)';/g)]
      .map(([, name]) => name!.replaceAll('_', '-'))
      .filter((name) => !['command', 'program'].includes(name));
    expect(commands.length).toBeGreaterThan(15);
    for (const name of commands) expect(readme).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('is of this version', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(readme).toContain(`medpeft-linux-x64-${version}.vsix`);
  });
});
