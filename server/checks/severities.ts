/** How severe each code is to this user: what the settings say of it, else what the validator says. */
import { type Code, codes } from '../../runner/codes';
import type { Diagnostic, Severity } from '../../runner/errors';

const words = ['error', 'warning', 'information', 'hint', 'off'] as const satisfies readonly (Severity | 'off')[];
export type Severities = Readonly<Partial<Record<Code, (typeof words)[number]>>>;

/** The codes and words of a setting's value that are known; the rest counts as unset. */
export function sanitisedSeverities(value: unknown): Severities {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([code, word]) => Object.hasOwn(codes, code) && words.includes(word)),
  );
}

/** Only what is shown changes: a run refuses an error whatever an editor calls it. */
export function withSeverities(found: readonly Diagnostic[], severities: Severities): Diagnostic[] {
  return found.flatMap((diagnostic) => {
    const severity = severities[diagnostic.code] ?? diagnostic.severity;
    return severity === 'off' ? [] : [{ ...diagnostic, severity }];
  });
}
