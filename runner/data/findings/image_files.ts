/** The image files of a folder, used or not: what is an image is told by its ending, else by its first bytes. */
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

const endings = /\.(png|jpe?g|webp|gif|tiff?|bmp|dcm|dicom|nii|nii\.gz)$/i;

/** First bytes of what can be decoded, and where they stand. */
const marks: readonly (readonly [at: number, mark: string])[] = [
  [0, '\x89PNG'],
  [0, '\xff\xd8\xff'],
  [0, 'GIF8'],
  [8, 'WEBP'],
  [0, 'II*\0'],
  [0, 'MM\0*'],
  [128, 'DICM'],
  [344, 'n+1'],
  [4, 'n+2'],
];

/** @returns paths relative to `root`, `/` between their parts; [] if the folder is not there. @param folder relative to `root`; '' for itself. */
export async function imageFilesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const images: string[] = [];
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && (endings.test(entry.name) || (entry.isFile() && (await hasMark(file)))))
      images.push(path.relative(root, file).split(path.sep).join('/'));
  }
  return images.sort();
}

/** False, too, for what cannot be opened: it is nothing that a data set could use. */
async function hasMark(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(348), 0, 348, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return marks.some(([at, mark]) => text.startsWith(mark, at));
  } finally {
    await handle.close();
  }
}
