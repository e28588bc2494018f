import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageHtml } from '../../../client/panels/html';

const parts = {
  title: '<b>',
  script: 'https://x/live.js',
  style: 'https://x/live.css',
  cspSource: "'self' https://x",
  language: 'en',
  words: undefined,
};
const repoRoot = path.resolve(import.meta.dirname, '../../..');

describe('pageHtml', () => {
  const html = pageHtml(parts);
  const nonce = /<script nonce="([^"]+)"/.exec(html)![1]!;

  it('lets in the own script by nonce and nothing inline', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!.replaceAll('&#39;', "'");
    expect(policy).toBe(
      `default-src 'none'; img-src 'self' https://x; script-src 'nonce-${nonce}'; style-src 'self' https://x; font-src 'self' https://x`,
    );
    expect(html).not.toMatch(/ style=|<style|unsafe/);
    expect(html).toContain('<title>&#60;b&#62;</title>');
  });

  it('hands the words of the language to the page as text', () => {
    const words = { 'Show all': 'Alles "zeigen" <&>' };
    const [, given] = /<main id="page" data-words="([^"]*)">/.exec(pageHtml({ ...parts, language: 'de', words })) ?? [];
    expect(given).not.toMatch(/[<>]/);
    expect(JSON.parse(given!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))))).toEqual(words);
    expect(html).toContain('<main id="page"></main>');
  });

  it('takes a nonce of 128 random bits for each page', () => {
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(pageHtml(parts)).not.toContain(nonce);
  });
});

/** What the policy forbids, or what would let data become markup. */
const forbidden =
  /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(['"]style|cssText/;

it('nothing moves by itself where motion is to be reduced', () => {
  const styles = readdirSync(path.join(repoRoot, 'client/webview'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.css'),
  );
  expect(styles.length).toBeGreaterThan(3);
  for (const name of styles) {
    const text = readFileSync(path.join(repoRoot, 'client/webview', name), 'utf8');
    const always = text.replace(/@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]|\{[^{}]*\})*\}/g, '');
    expect(always, name).not.toMatch(/transition|animation|scroll-behavior/);
  }
});

describe('the pages', () => {
  const folder = path.join(repoRoot, 'client/webview');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const files = [
    ...sources.map((name) => path.join(folder, name)),
    path.join(repoRoot, 'node_modules/uplot/dist/uPlot.esm.js'),
  ];

  it.each(files.map((file) => path.relative(repoRoot, file)))(
    '%s makes no markup from text and runs no text',
    (name) => {
      expect(readFileSync(path.join(repoRoot, name), 'utf8')).not.toMatch(forbidden);
    },
  );
});
