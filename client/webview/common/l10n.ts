/** The page's words in the user's language: what `vscode.l10n` is to the extension, which hands its words to the page. */

/** Tests of what pages decide have none. */
declare const document:
  | { getElementById(id: string): { dataset: Record<string, string | undefined> } | null }
  | undefined;

/** English -> translation; none where the page is shown in English, or there is no page. */
function translations(): Record<string, string | undefined> {
  const given = typeof document === 'undefined' ? undefined : document.getElementById('page')?.dataset.words;
  return given === undefined ? {} : JSON.parse(given);
}

const words = translations();

/** The message in the user's language; `{0}` stands for the first argument. */
export function t(message: string, ...args: (string | number)[]): string {
  return (words[message] ?? message).replace(/\{(\d+)\}/g, (whole, n) => String(args[Number(n)] ?? whole));
}
