/** Diagnostics of a spec as a terminal shows them: `file:line:column`, as editors and terminals make links of. */
import type { Diagnostic } from '../errors';

export function diagnosticText(file: string, { code, severity, message, hint, range }: Diagnostic): string {
  const { line, character } = range.start;
  return `${file}:${line + 1}:${character + 1}  ${severity} ${code}  ${message}${hint ? `\n    ${hint}` : ''}`;
}

/** `2 errors, 1 warning` */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity']) => {
    const n = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return `${n} ${severity}${n === 1 ? '' : 's'}`;
  };
  return `${count('error')}, ${count('warning')}`;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
