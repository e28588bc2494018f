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
  /** Other places that this one disagrees with; those in a base spec are not shown. */
  related?: readonly { path: Path; at?: Aspect; message: string }[];
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
  const related = (finding.related ?? [])
    .filter((other) => places.has(other.path))
    .map((other) => ({ message: other.message, range: places.range(other.path, other.at ?? 'value') }));
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    path: [...path],
    range: inBase ? places.range(['extends'], 'value') : places.range(path, at, part),
    ...(suggestion === undefined || inBase ? {} : { suggestion }),
    ...(related.length === 0 ? {} : { related }),
  };
}

/** A finding with its places as another tree has them. */
export function moved(finding: Finding, to: (path: Path) => Path): Finding {
  const related = finding.related?.map((other) => ({ ...other, path: to(other.path) }));
  return { ...finding, path: to(finding.path), ...(related ? { related } : {}) };
}

/** Each finding once: several runs can meet the same mistake. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const byContent = new Map(
    findings.map((finding) => [JSON.stringify([finding.code, finding.path, finding.message]), finding]),
  );
  return [...byContent.values()];
}
