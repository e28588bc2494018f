import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { floatToHalf, halfToFloat } from '../../../runner/models/half';
import { readHeader, readIntegers, readTensor, writeSafetensors } from '../../../runner/models/safetensors';

const folder = mkdtempSync(path.join(tmpdir(), 'safetensors-'));
let files = 0;
function file(header: object | string, data: Uint8Array | number, length?: number): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length ?? json.length));
  const name = path.join(folder, `${files++}.safetensors`);
  writeFileSync(name, Buffer.concat([start, json, typeof data === 'number' ? Buffer.alloc(data) : data]));
  return name;
}
const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a damaged file is refused with its place', () => {
  it.each([
    ['truncated data', () => file({ a: tensor(0, 16) }, 12), /ends at byte/],
    ['header longer than the file', () => file({ a: tensor(0, 16) }, 16, 9999), /header should have 9999/],
    ['absurd header length', () => file({ a: tensor(0, 16) }, 16, 2 ** 50), /header should have/],
    ['header is not JSON', () => file('{"a": ', 0), /not JSON/],
    ['overlap', () => file({ a: tensor(0, 16), b: tensor(8, 24) }, 24), /b overlaps/],
    ['hole', () => file({ a: tensor(0, 16), b: tensor(20, 24) }, 24), /4 unused bytes before tensor b/],
    ['trailing bytes', () => file({ a: tensor(0, 16) }, 20), /4 bytes after/],
    ['shape and offsets disagree', () => file({ a: tensor(0, 16, [3]) }, 16), /needs 12 bytes/],
    ['unknown type', () => file({ a: tensor(0, 16, [4], 'F3') }, 16), /unknown type "F3"/],
    ['negative shape', () => file({ a: tensor(0, 16, [-4]) }, 16), /no valid shape/],
    [
      'empty file',
      () => {
        const f = file({}, 0);
        writeFileSync(f, '');
        return f;
      },
      /0 bytes/,
    ],
    [
      'Git LFS pointer',
      () => {
        const f = file({}, 0);
        writeFileSync(f, 'version https://git-lfs.github.com/spec/v1\n');
        return f;
      },
      /Git LFS/,
    ],
  ])('%s', (_, make, message) => {
    const name = make();
    expect(() => readHeader(name)).toThrow(
      expect.objectContaining({ code: 'MP3002', place: name, message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['zip archive of torch.save', 'model.safetensors', Buffer.from('PK\x03\x04 rest of it')],
    ['bare pickle', 'model.safetensors', Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0, 0, 0, 0])],
    ['.pth by name', 'model.pth', Buffer.alloc(64)],
    ['.bin by name', 'pytorch_model.bin', Buffer.alloc(64)],
  ])('pickle refused: %s', (_, name, bytes) => {
    const place = path.join(mkdtempSync(path.join(folder, 'p')), name);
    writeFileSync(place, bytes);
    expect(() => readHeader(place)).toThrow(
      expect.objectContaining({ code: 'MP3003', hint: expect.stringMatching(/import torch;.*save_file/) }),
    );
  });

  it('says that a file is absent', () => {
    expect(() => readHeader(path.join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'MP3001' }));
  });
});

describe('reading and writing', () => {
  it('widens F16 and BF16, reads integers', () => {
    const data = Buffer.alloc(24);
    data.writeUInt16LE(0x3e00, 0); // 1.5
    data.writeUInt16LE(0x8001, 2); // -2^-24
    data.writeUInt16LE(0xc049, 4); // bfloat16 -3.140625
    data.writeUInt16LE(0x3f80, 6); // bfloat16 1
    data.writeBigInt64LE(-100n, 8);
    data.writeBigInt64LE(7n, 16);
    const header = readHeader(
      file({ h: tensor(0, 4, [2], 'F16'), b: tensor(4, 8, [2], 'BF16'), i: tensor(8, 24, [2], 'I64') }, data),
    );
    expect([...readTensor(header, 'h')]).toEqual([1.5, -(2 ** -24)]);
    expect([...readTensor(header, 'b')]).toEqual([-3.140625, 1]);
    expect(readIntegers(header, 'i')).toEqual([-100, 7]);
    expect(() => readTensor(header, 'i')).toThrow(expect.objectContaining({ code: 'MP3002' }));
  });

  it.each(['F32', 'F16'] as const)('%s: what is written is read, and equal tensors give equal bytes', (dtype) => {
    const a = { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 0, 1024, -0.125) };
    const b = { shape: [1], data: Float32Array.of(3) };
    const names = ['one', 'two'].map((name) => path.join(folder, `${dtype}-${name}`));
    writeSafetensors(
      names[0]!,
      new Map([
        ['a', a],
        ['b', b],
      ]),
      { dtype },
    );
    writeSafetensors(
      names[1]!,
      new Map([
        ['b', b],
        ['a', a],
      ]),
      { dtype },
    );
    expect(readFileSync(names[0]!)).toEqual(readFileSync(names[1]!));
    const header = readHeader(names[0]!);
    expect([...readTensor(header, 'a')]).toEqual([...a.data]);
    expect(header.tensors.get('a')).toMatchObject({ dtype, shape: [2, 3] });
    expect(header.tensors.get('a')!.begin % 8).toBe(0);
  });

  it('refuses to write what float16 cannot hold, and data that do not fit the shape', () => {
    const write = (data: Float32Array) => () =>
      writeSafetensors(path.join(folder, 'x'), new Map([['a', { shape: [1], data }]]), { dtype: 'F16' });
    expect(write(Float32Array.of(70000))).toThrow(expect.objectContaining({ code: 'MP3102' }));
    expect(write(Float32Array.of(1, 2))).toThrow(expect.objectContaining({ code: 'MP3102' }));
  });

  it('every binary16 value survives the round trip', () => {
    for (let half = 0; half < 65536; half++) {
      const value = halfToFloat(half);
      if (!Number.isNaN(value)) expect(floatToHalf(value)).toBe(half);
    }
  });

  it.each([
    [1 + 2 ** -11, 0x3c00], // tie to even, down
    [1 + 3 * 2 ** -11, 0x3c02], // tie to even, up
    [65519, 0x7bff],
    [65520, 0x7c00],
    [2 ** -25, 0],
    [1.5 * 2 ** -24, 2],
    [2 ** -14 - 2 ** -26, 0x0400],
  ])('%f rounds to nearest even (IEEE 754)', (value, half) => {
    expect(floatToHalf(value)).toBe(half);
  });
});
