/** Lines of comma-separated values (RFC 4180). */

export type Field = string | number | boolean | null | undefined;

export function csvLine(fields: readonly Field[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

function field(value: Field): string {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
