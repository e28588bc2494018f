/** Archives as `tar` writes them, and what is done with broken ones (POSIX ustar: size in octal at byte 124 of each header). */
import { expect, it } from 'vitest';
import { filesInTar } from '../../../../runner/data/formats/tar';
import { failure } from '../fixture';

/** A header and its content, padded to whole blocks. */
function entry(name: string, content: string, size = content.length.toString(8)): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size.padStart(11, '0'), 124);
  header.write('0', 156);
  const data = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  data.write(content);
  return Buffer.concat([header, data]);
}

async function read(archive: Buffer, pieces = 100): Promise<string[][]> {
  async function* parts() {
    for (let at = 0; at < archive.length; at += pieces) yield archive.subarray(at, at + pieces);
  }
  const files: string[][] = [];
  for await (const { name, content } of filesInTar(parts(), 'reports.tgz')) files.push([name, content.toString()]);
  return files;
}

it('gives file after file, however the bytes arrive', async () => {
  const archive = Buffer.concat([entry('a.xml', 'one'), entry('b.xml', 'x'.repeat(600)), Buffer.alloc(1024)]);
  for (const pieces of [1, 100, 512, 10_000])
    expect(await read(archive, pieces)).toEqual([
      ['a.xml', 'one'],
      ['b.xml', 'x'.repeat(600)],
    ]);
});

it.each<[string, Buffer, RegExp]>([
  ['that ends within a file', entry('a.xml', 'x'.repeat(600)).subarray(0, 700), /ends within a file/],
  ['whose header has no size', entry('a.xml', '', 'no such size'), /a header has no size/],
  ['whose header claims gigabytes', entry('a.xml', '', '77777777777'), /a file has 8589934591 bytes; at most 16777216/],
])('refuses one %s', async (_, archive, message) => {
  await expect(read(archive)).rejects.toEqual(failure('MP2002', message));
});
