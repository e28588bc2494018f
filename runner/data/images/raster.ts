/** PNG, JPEG, WebP, GIF and TIFF by libvips. */
import { MedpeftError } from '../../errors';
import { type DecodedImage, refuseHuge, threeTimes, unreadable } from './image';

/** 16-bit samples keep their high byte, CMYK is converted to sRGB, an EXIF tag of orientation is followed. @throws MP2003, MP2008. */
export async function decodeRaster(bytes: Uint8Array, file: string): Promise<DecodedImage> {
  const { default: sharp } = await import('sharp');
  try {
    const { width, height, orientation = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata();
    refuseHuge(width, height, file);
    const { data, info } = await sharp(bytes, { failOn: 'truncated', limitInputPixels: false })
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = info.channels === 1 ? threeTimes(data) : data;
    return { width: info.width, height: info.height, pixels, ...(orientation > 1 && { turned: true }) };
  } catch (cause) {
    if (cause instanceof MedpeftError) throw cause;
    const [why] = (cause as Error).message.trim().split('\n');
    const unknown = why === 'Input buffer contains unsupported image format';
    return unreadable(file, unknown ? 'its content is of no image format that is known' : why!, undefined, cause);
  }
}
