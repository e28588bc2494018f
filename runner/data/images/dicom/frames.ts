/** Stored values of one frame, unpacked. */
import type { DataSet, Element } from 'dicom-parser';
import { unreadable } from '../image';
import { decodeJpeg2000, decodeJpegLs } from './codecs';
import type { DicomImage, PixelValues } from './read';
import { unpackRle } from './rle';

type Description = Omit<DicomImage, 'frame'>;

/** @param index from 0. @throws MP2003 */
export async function decodeFrame(
  data: DataSet,
  element: Element,
  image: Description,
  index: number,
  file: string,
): Promise<PixelValues> {
  const { packing, bigEndian } = image.syntax;
  if (packing === 'none')
    return { values: valuesOf(sliceOf(data, element, image, index, file), image, bigEndian), isRgb: false };
  const packed = await packedFrame(data, element, image, index, file);
  try {
    if (packing === 'jpeg') return { values: await decodeJpeg(packed, image, file), isRgb: true };
    if (packing === 'rle')
      return { values: valuesOf(unpackRle(packed, image), { ...image, planar: 0 }, false), isRgb: false };
    const bytes = await (packing === 'jpeg_ls' ? decodeJpegLs : decodeJpeg2000)(packed);
    // JPEG 2000 undoes its colour transforms (YBR_ICT, YBR_RCT) itself.
    const isRgb = packing === 'jpeg_2000' && image.photometric !== 'YBR_FULL';
    return { values: valuesOf(exactly(bytes, image, file), { ...image, planar: 0 }, false), isRgb };
  } catch (cause) {
    if ((cause as Error).name === 'MedpeftError') throw cause;
    return unreadable(file, `its ${packing} data are damaged (${(cause as Error).message ?? cause})`, undefined, cause);
  }
}

function bytesOfFrame({ rows, columns, samples, bitsAllocated }: Description): number {
  return Math.ceil((rows * columns * samples * bitsAllocated) / 8);
}

function sliceOf(data: DataSet, element: Element, image: Description, index: number, file: string): Uint8Array {
  if (image.photometric === 'YBR_FULL_422')
    return unreadable(file, 'its colours are halved (YBR_FULL_422) without compression');
  // One-bit frames follow one another without a gap, bit by bit; only whole bytes are cut here.
  if (image.bitsAllocated === 1 && index > 0 && (image.rows * image.columns) % 8 !== 0)
    return unreadable(file, 'its one-bit frames do not start at whole bytes');
  const size = bytesOfFrame(image);
  const start = element.dataOffset + index * size;
  const here = Math.min(element.length, data.byteArray.length - element.dataOffset);
  if ((index + 1) * size > here)
    return unreadable(
      file,
      `it has ${here} bytes of pixels where ${image.frames} frame${image.frames > 1 ? 's' : ''} of ${size} are expected`,
    );
  return data.byteArray.subarray(start, start + size);
}

/** All pieces of a frame that stands in an encapsulated element (PS3.5 A.4). */
async function packedFrame(
  data: DataSet,
  element: Element,
  image: Description,
  index: number,
  file: string,
): Promise<Uint8Array> {
  const { default: dicomParser } = await import('dicom-parser');
  const { fragments } = element;
  if (!fragments?.length) return unreadable(file, 'its compressed pixels are not in pieces as they must be');
  if (image.frames === 1) return dicomParser.readEncapsulatedPixelDataFromFragments(data, element, 0, fragments.length);
  if (fragments.length === image.frames)
    return dicomParser.readEncapsulatedPixelDataFromFragments(data, element, index);
  const table = element.basicOffsetTable?.length
    ? element.basicOffsetTable
    : dicomParser.createJPEGBasicOffsetTable(data, element);
  return dicomParser.readEncapsulatedImageFrame(data, element, index, table);
}

function valuesOf(
  bytes: Uint8Array,
  { bitsAllocated, bitsStored, signed, planar, samples, rows, columns }: Description,
  bigEndian: boolean,
): PixelValues['values'] {
  if (bitsAllocated === 1) return bitsOf(bytes, rows * columns);
  const count = rows * columns * samples;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bitsAllocated === 16;
  const out = wide
    ? signed
      ? new Int16Array(count)
      : new Uint16Array(count)
    : signed
      ? new Int8Array(count)
      : new Uint8Array(count);
  // Bits above the stored ones may hold overlays: they are cut, and the sign is spread from the highest stored bit.
  const shift = 32 - bitsStored;
  const area = rows * columns;
  for (let i = 0; i < count; i++) {
    const from = planar === 1 && samples > 1 ? (i % samples) * area + Math.floor(i / samples) : i;
    const raw = wide ? view.getUint16(from * 2, !bigEndian) : view.getUint8(from);
    out[i] = signed ? (raw << shift) >> shift : (raw << shift) >>> shift;
  }
  return out;
}

/** The lowest bit of a byte is the first pixel. */
function bitsOf(bytes: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
}

async function decodeJpeg(packed: Uint8Array, image: Description, file: string): Promise<Uint8Array> {
  if (image.bitsAllocated > 8)
    return unreadable(
      file,
      `it is JPEG with ${image.bitsStored} bits a pixel`,
      'convert it to an uncompressed file, for example with `dcmdjpeg`',
    );
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(packed, { failOn: 'truncated' })
    .toColourspace(image.samples === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== image.columns || info.height !== image.rows || info.channels !== image.samples)
    return unreadable(
      file,
      `its frame has ${info.width} × ${info.height} pixels of ${info.channels} values, and the header says otherwise`,
    );
  return data;
}

function exactly(bytes: Uint8Array, image: Description, file: string): Uint8Array {
  const size = bytesOfFrame(image);
  return bytes.length === size
    ? bytes
    : unreadable(file, `its frame has ${bytes.length} bytes, and the header says ${size}`);
}
