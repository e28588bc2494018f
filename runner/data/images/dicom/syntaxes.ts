/** Transfer syntaxes: how pixel data are packed (PS3.5 section 10, PS3.6 annex A). */

export interface Syntax {
  packing: 'none' | 'rle' | 'jpeg' | 'jpeg_ls' | 'jpeg_2000';
  bigEndian: boolean;
}

const of = (packing: Syntax['packing'], bigEndian = false): Syntax => ({ packing, bigEndian });

/** Those that are decoded. */
export const syntaxes: ReadonlyMap<string, Syntax> = new Map([
  ['1.2.840.10008.1.2', of('none')],
  ['1.2.840.10008.1.2.1', of('none')],
  ['1.2.840.10008.1.2.1.99', of('none')],
  ['1.2.840.10008.1.2.2', of('none', true)],
  ['1.2.840.10008.1.2.5', of('rle')],
  ['1.2.840.10008.1.2.4.50', of('jpeg')],
  // Process 2 & 4 may hold 8 bits, which a baseline decoder reads; 12 bits are refused where the frame is decoded.
  ['1.2.840.10008.1.2.4.51', of('jpeg')],
  ['1.2.840.10008.1.2.4.80', of('jpeg_ls')],
  ['1.2.840.10008.1.2.4.81', of('jpeg_ls')],
  ['1.2.840.10008.1.2.4.90', of('jpeg_2000')],
  ['1.2.840.10008.1.2.4.91', of('jpeg_2000')],
]);

/** Those that are refused by name. */
export const names: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.57': 'lossless JPEG',
  '1.2.840.10008.1.2.4.70': 'lossless JPEG',
  '1.2.840.10008.1.2.4.100': 'MPEG-2 video',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 video',
  '1.2.840.10008.1.2.4.201': 'lossless HTJ2K',
  '1.2.840.10008.1.2.4.202': 'lossless HTJ2K',
  '1.2.840.10008.1.2.4.203': 'HTJ2K',
};
