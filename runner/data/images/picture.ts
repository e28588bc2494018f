/** Pictures for views: what a web page cannot draw itself, as PNG. */
import { type ImageReference, parseReference } from '../image_reference';
import { readImageBytes } from './bytes';
import { openImage } from './decode';
import type { DecodedImage } from './image';
import type { ImageChoices, OpenedImage } from './opened';

export interface Picture {
  width: number;
  height: number;
  png: Uint8Array;
  choices: ImageChoices;
}

/**
 * Renders images by name, as `decode` does. The file that was asked for last is kept read: the next slice or window of it costs no reading.
 * @returns one picture after the other; errors are MP2001, MP2003, MP2008
 */
export function createPictures(): (name: string) => Promise<Picture> {
  let last: { source: string; opened: Promise<OpenedImage> } | undefined;
  return async (name) => {
    const { file, options } = parseReference(name);
    const source = options.row === undefined ? file : `${file}#row=${options.row}`;
    if (last?.source !== source) last = { source, opened: openFile(source) };
    try {
      return await pictureOf(await last.opened, options);
    } catch (error) {
      // it may be there, or whole, the next time
      last = undefined;
      throw error;
    }
  };
}

async function openFile(source: string): Promise<OpenedImage> {
  return openImage((await readImageBytes(source)).bytes, source);
}

async function pictureOf(opened: OpenedImage, options: ImageReference['options']): Promise<Picture> {
  const image = await opened.render(options);
  const { width, height } = image;
  return { width, height, png: await pngOf(image), choices: await opened.choices(options) };
}

/** Grey stays one channel: a third of the size. Packed lightly: it is looked at once. */
async function pngOf({ width, height, pixels }: DecodedImage): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const grey = oneChannel(pixels);
  const raw = { width, height, channels: grey ? 1 : 3 } as const;
  const picture = sharp(grey ?? pixels, { raw, limitInputPixels: false });
  return (grey ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 1 }).toBuffer();
}

/** @returns undefined for an image with colours */
function oneChannel(rgb: Uint8Array): Uint8Array | undefined {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0, from = 0; i < grey.length; i++, from += 3) {
    const value = rgb[from]!;
    if (rgb[from + 1] !== value || rgb[from + 2] !== value) return undefined;
    grey[i] = value;
  }
  return grey;
}
