/** The last words of a process, from its log file. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const bytes = 4096;

/** The last lines that say something, without colours and progress lines that were overwritten; empty where there is no log. */
export function logTail(file: string, lines = 3): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const from = Math.max(0, fstatSync(fd).size - bytes);
    const end = Buffer.alloc(bytes);
    const text = end.toString('utf8', 0, readSync(fd, end, 0, bytes, from));
    return lastLines(text, lines);
  } finally {
    closeSync(fd);
  }
}

export function lastLines(text: string, lines: number): string {
  return stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trimEnd().split('\r').at(-1)?.trim() ?? '')
    .filter(Boolean)
    .slice(-lines)
    .join('\n');
}
