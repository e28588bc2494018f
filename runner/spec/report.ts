/** How checks report: they name a place by its keys; the range in the text is found here. */
import type { Code } from '../codes';
import type { Diagnostic, Severity } from '../errors';
import type { Aspect, Places } from './places';
import type { Path } from './types';

export interface Finding {
  code: Code;
  message: string;
  path: Path;
  /** Which part of the place is meant; default: its value. */
  at?: Aspect;
  /** Offsets into a string value, for a part of it. */
  part?: readonly [number, number];
  hint?: string;
  suggestion?: string;
  severity?: Severity;
}

/**
 * Makes a diagnostic of a finding. What stands in a base spec is shown at `extends`, with its keys in the message.
 * @param inherited whether the spec extends another
 */
export function diagnose(finding: Finding, places: Places, inherited: boolean): Diagnostic {
  const { code, path, at = 'value', part, severity = 'error', suggestion } = finding;
  const inBase = inherited && path.length > 0 && !places.has(path);
  const message = inBase ? `In the spec that this one extends, ${path.join('.')}: ${finding.message}` : finding.message;
  const hint = finding.hint ?? (suggestion === undefined ? undefined : `did you mean "${suggestion}"?`);
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    path: [...path],
    range: inBase ? places.range(['extends'], 'value') : places.range(path, at, part),
    ...(suggestion === undefined || inBase ? {} : { suggestion }),
  };
}

/** Each finding once: several runs can meet the same mistake. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const byContent = new Map(
    findings.map((finding) => [JSON.stringify([finding.code, finding.path, finding.message]), finding]),
  );
  return [...byContent.values()];
}
