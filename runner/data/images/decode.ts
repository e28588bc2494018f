/** Any image file to 8-bit RGB. What kind of file it is, its first bytes say, not its name. */
import { parseReference } from '../image_reference';
import type { DecodedImage } from './image';
import type { OpenedImage } from './opened';

/**
 * Grey becomes three equal channels, transparency is dropped, an orientation tag is followed (as transformers' `load_image`).
 * DICOM and NIfTI: as `openDicom` and `openNifti` say, with the options after `#` in the name.
 * @param name the image as it is named, for errors and options.
 * @throws MP2003 undecodable, MP2008 too large.
 */
export async function decode(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  return (await openImage(bytes, name)).render(parseReference(name).options);
}

/** Reads the file and leaves open what of it is looked at. @throws MP2003, MP2008. */
export async function openImage(bytes: Uint8Array, name: string): Promise<OpenedImage> {
  const { file } = parseReference(name);
  // Each decoder is loaded on first use: whoever only lists formats or reads tables needs no image library.
  if (isDicom(bytes, file)) return (await import('./dicom/render')).openDicom(bytes, name);
  if (isNifti(bytes, file)) return (await import('./nifti/render')).openNifti(bytes, name);
  const { decodeRaster } = await import('./raster');
  return { render: () => decodeRaster(bytes, name), choices: async () => ({}) };
}

/** `DICM` after 128 bytes, or the ending where the preamble is missing. */
function isDicom(bytes: Uint8Array, file: string): boolean {
  return latin1(bytes, 128, 132) === 'DICM' || /\.(dcm|dicom)$/i.test(file);
}

/** The header's magic at byte 344 (NIfTI-1) or 4 (NIfTI-2); packed files go by their ending. */
function isNifti(bytes: Uint8Array, file: string): boolean {
  return (
    /^(n\+1|ni1)/.test(latin1(bytes, 344, 347)) ||
    /^(n\+2|ni2)/.test(latin1(bytes, 4, 7)) ||
    /\.nii(\.gz)?$/i.test(file)
  );
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
