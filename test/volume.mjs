// A NIfTI-1 volume of 16-bit whole numbers (nifti1.h): for tests that need one and have no file of others.
const header = 352;

/**
 * @param {[number, number, number]} shape voxels along x, y, z, which grow to the right, anterior, superior; one millimetre each
 * @param {(x: number, y: number, z: number) => number} value
 */
export function niftiVolume([width, height, depth], value) {
  const bytes = Buffer.alloc(header + 2 * width * height * depth);
  bytes.writeInt32LE(348, 0);
  for (const [i, length] of [3, width, height, depth, 1, 1, 1, 1].entries()) bytes.writeInt16LE(length, 40 + 2 * i);
  bytes.writeInt16LE(4, 70); // signed 16 bits
  bytes.writeInt16LE(16, 72);
  for (let i = 0; i < 8; i++) bytes.writeFloatLE(1, 76 + 4 * i);
  bytes.writeFloatLE(header, 108);
  bytes.writeFloatLE(1, 112);
  bytes.writeInt16LE(1, 254); // the rows below are the affine
  for (let row = 0; row < 3; row++) bytes.writeFloatLE(1, 280 + 16 * row + 4 * row);
  bytes.write('n+1\0', 344, 'latin1');
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) bytes.writeInt16LE(value(x, y, z), header + 2 * ((z * height + y) * width + x));
  return bytes;
}
