/** Snippets as the Language Server Protocol writes them. */

/** A place to fill in, with what stands there at first, within a string literal. */
export const slot = (n: number, text: string) => `\${${n}:${plain(text)}}`;

/** A text as it stands within a string literal of a snippet. */
export const plain = (text: string) =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\$}]/g, '\\$&');
