/** The checks as text, to paste into a question or a bug report. */
import type { Check } from '../panels/protocol';

const marks: Record<Check['state'], string> = { ok: 'ok     ', missing: 'MISSING', note: 'note   ' };

export function reportText(checks: readonly Check[]): string {
  return checks
    .map(({ area, name, state, text, hint, command }) =>
      [`${marks[state]} ${area}, ${name}: ${text}`, hint && `        ${hint}`, command && `        $ ${command}`]
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n');
}
