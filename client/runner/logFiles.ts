/** Log files of started processes: their names, how many are kept, and the last words in them. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const keptFiles = 100;

/** A new name that sorts by time; the oldest files beyond a hundred are removed. */
export function newLogFile(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const old = readdirSync(folder).sort();
  for (const name of old.slice(0, Math.max(0, old.length - keptFiles + 1)))
    rmSync(path.join(folder, name), { force: true });
  return path.join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomUUID().slice(0, 4)}.log`);
}

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
