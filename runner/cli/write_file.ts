/** Files that a command was told to write. */
import { writeFileSync } from 'node:fs';
import { MedpeftError } from '../errors';
import { refusalText } from '../text';

/** @throws MP4001 with what the system refused */
export function writeFile(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (cause) {
    throw new MedpeftError(
      'MP4001',
      `${file} cannot be written: ${refusalText(cause)}`,
      'name a file in a folder that exists and that you may write to',
      file,
      { cause },
    );
  }
}
