/** The reader's notes of a run: a file of their own, so that no result is ever touched. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Note, Notes } from '../../schemas/generated/notes';
import validateNotes from '../../schemas/generated/validate-notes';
import { MedpeftError } from '../errors';
import { refusalText } from '../text';
import { writeAtomic } from './atomic';
import { runFiles } from './layout';

export type { Note, Notes } from '../../schemas/generated/notes';

const fileOf = (folder: string): string => path.join(folder, runFiles.notes);

/** @returns empty notes where there are none. @throws MP4003 for a file that is no such thing. */
export function readNotes(folder: string): Notes {
  const file = fileOf(folder);
  if (!existsSync(file)) return { format: 1 };
  let notes: unknown;
  try {
    notes = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw damaged(file, (cause as Error).message);
  }
  if (!validateNotes(notes)) throw damaged(file, 'not a notes.json of this version');
  return notes;
}

/** Stars a run, or takes the star off. @throws MP4001 where the folder cannot be written, MP4003 for damaged notes. */
export function setStar(folder: string, starred: boolean): void {
  const { starred: _, ...others } = readNotes(folder);
  write(folder, starred ? { ...others, starred } : others);
}

/**
 * Notes something of an item; an empty note takes it out.
 * @param set file of predictions without its ending, such as `test-rad-test`
 * @throws MP4001 where the folder cannot be written, MP4003 for damaged notes
 */
export function setNote(folder: string, set: string, item: string, { flagged, text }: Note): void {
  const notes = readNotes(folder);
  const { [item]: _, ...others } = notes.items?.[set] ?? {};
  const note: Note = { ...(flagged ? { flagged } : {}), ...(text?.trim() ? { text: text.trim() } : {}) };
  const inSet = Object.keys(note).length > 0 ? { ...others, [item]: note } : others;
  const { [set]: __, ...otherSets } = notes.items ?? {};
  const items = Object.keys(inSet).length > 0 ? { ...otherSets, [set]: inSet } : otherSets;
  const { items: ___, ...rest } = notes;
  write(folder, Object.keys(items).length > 0 ? { ...rest, items } : rest);
}

/** Notes that say nothing leave no file. */
function write(folder: string, notes: Notes): void {
  const file = fileOf(folder);
  try {
    if (Object.keys(notes).length === 1) rmSync(file, { force: true });
    else writeAtomic(file, `${JSON.stringify(notes, null, 2)}\n`);
  } catch (cause) {
    throw new MedpeftError(
      'MP4001',
      `${file} cannot be written: ${refusalText(cause)}`,
      'make the run folder writable to keep notes in it',
      file,
      { cause },
    );
  }
}

function damaged(file: string, why: string): MedpeftError {
  return new MedpeftError(
    'MP4003',
    `the notes cannot be read: ${why}`,
    'mend or delete the file; no result depends on it',
    file,
  );
}
