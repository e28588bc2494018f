/** The document around a page's script: a content security policy that lets in the extension's own script and style, and images. */
import { randomBytes } from 'node:crypto';

export interface PageParts {
  title: string;
  /** Addresses that the page may load. */
  script: string;
  style: string;
  /** The webview's source, for the policy. */
  cspSource: string;
  /** Of the editor, such as `de`. */
  language: string;
  /** English words of the page -> the same in that language; undefined in English. */
  words: Record<string, string> | undefined;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export function pageHtml({ title, script, style, cspSource, language, words }: PageParts): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <link rel="stylesheet" href="${escapeHtml(style)}">
  </head>
  <body>
    <main id="page"${words ? ` data-words="${escapeHtml(JSON.stringify(words))}"` : ''}></main>
    <script nonce="${nonce}" src="${escapeHtml(script)}"></script>
  </body>
</html>`;
}
