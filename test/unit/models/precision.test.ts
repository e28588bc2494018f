/** Frozen matrices as float16: the same bytes as the same values in float32, held or streamed; half the memory; and what is refused. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../runner/data/types';
import { inspectCheckpoint } from '../../../runner/models';
import { bfloatToHalf, floatToHalf, halfToFloat, narrowHalf, widenBfloat } from '../../../runner/models/half';
import { asHalves, readHeader, readTensor, writeSafetensors } from '../../../runner/models/safetensors';
import { readBatch } from '../../../runner/parity/folders';
import { methodFolders, selectionOf } from '../../../runner/parity/methods';
import type { Program } from '../../../runner/programs/types';
import { widening } from '../../../runner/programs/widening';
import { writeChatModel } from '../../fixtures/families';
import { describeShared, sharedPath } from '../../shared';
import { computed, type Settings, text, using } from './computed';

const root = mkdtempSync(path.join(tmpdir(), 'medpeft-precision-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A copy of a checkpoint with other values, in other files. */
function copyOf(folder: string, name: string, dtype: 'F16' | 'F32', changed: (values: Float32Array) => Float32Array) {
  const to = path.join(root, name);
  cpSync(folder, to, { recursive: true });
  for (const file of readdirSync(to).filter((one) => one.startsWith('model') && one.endsWith('.safetensors'))) {
    const header = readHeader(path.join(folder, file));
    const tensors = [...header.tensors].map(
      ([tensor, { shape }]) => [tensor, { shape, data: changed(readTensor(header, tensor)) }] as const,
    );
    writeSafetensors(path.join(to, file), new Map(tensors), { dtype });
  }
  return to;
}

const same = (values: Float32Array) => values;

/** What is computed of float16 in the file is computed of float16 in memory, whichever of it is there. */
async function sameInHalf(settings: Settings, batch: Batch): Promise<void> {
  const { streamed: _, ...expected } = await computed(settings, batch);
  for (const budget of [{}, { residentBytes: 0, keptBytes: 0 }, { residentBytes: 6000 }]) {
    const { streamed, ...actual } = await computed({ ...settings, ...budget, precision: 'float16' }, batch);
    expect(streamed > 0).toBe('residentBytes' in budget);
    expect(actual).toEqual(expected);
  }
}

describeShared('parity', 'a checkpoint in float16', () => {
  const chosen = /^(llava-mistral|blip-vqa)\/methods\/(layernorm|lora|lora-vision|dora|prefix|adapter-houlsby|ffn)$/;
  const methods = methodFolders(sharedPath('parity')).filter(({ name }) => chosen.test(name));

  it.each(methods.map((method) => [method.name, method] as const))('%s: the same bytes', async (_, method) => {
    const folder = copyOf(method.model.folder, method.name.replaceAll('/', '-'), 'F16', same);
    const batch = readBatch(method.model.folder, 'mb0');
    await sameInHalf({ folder, family: method.model.family!, selection: selectionOf(method).selection }, batch);
  });

  it('covers both families', () => {
    expect(methods.length).toBeGreaterThanOrEqual(10);
  });
});

describe('a checkpoint in float32', () => {
  const folder = path.join(root, 'llama');
  writeChatModel(folder, 'llama');
  const model = { folder, family: 'llama' };

  it('is rounded once, the same held and streamed, and a little', async () => {
    const rounded = await computed({ ...model, precision: 'float16' }, text);
    const { streamed, ...read } = await computed({ ...model, precision: 'float16', residentBytes: 0 }, text);
    expect(streamed).toBeGreaterThan(0);
    expect({ ...read, streamed: 0 }).toEqual(rounded);
    const { loss } = await computed(model, text);
    expect(rounded.loss).not.toEqual(loss);
    const [before, after] = [loss, rounded.loss].map((one) => Number(Object.values({ one }).flat()[0]));
    expect(Math.abs(after! - before!)).toBeLessThan(0.01);
  });

  it.each([{}, { residentBytes: 0 }])('gives whoever asks the values that are computed with: %j', async (budget) => {
    const { parameters } = inspectCheckpoint(folder, 'llama');
    const rounded = (values: Float32Array) => values.map((value) => halfToFloat(floatToHalf(value)));
    await using({ ...model, ...budget }, (whole) =>
      using({ ...model, ...budget, precision: 'float16' }, async (half) => {
        for (const { name, shape } of parameters) {
          const values = whole.tensor(name);
          expect(half.tensor(name)).toEqual(shape.length > 1 ? rounded(values) : values);
        }
      }),
    );
  });

  it('in bfloat16, too, and the same as by way of float32', async () => {
    const words = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const wide = widenBfloat(words);
    const same = (half: number, i: number) => half === floatToHalf(wide[i]!) || Number.isNaN(wide[i]!);
    expect(bfloatToHalf(words).every(same)).toBe(true);
    for (const [word, value] of [
      [0x4780, 65536],
      [0xff7f, -3.3895313892515355e38],
    ] as const)
      expect(() => asHalves('w', 'BF16', Uint16Array.of(0, word))).toThrow(`w holds ${value}`);
    const kept = Uint16Array.of(0x477f, 0x7f80, 0xff80, 0x7fc0);
    expect([...asHalves('w', 'BF16', kept)].slice(0, 3)).toEqual([floatToHalf(65280), 0x7c00, 0xfc00]);
  });

  it('is refused where a value is larger than float16 can hold, and on other devices', async () => {
    const huge = copyOf(folder, 'huge', 'F32', (values) => (values.length > 100 ? values.map(() => 7e4) : values));
    for (const budget of [{}, { residentBytes: 0 }]) {
      const settings: Settings = { ...model, folder: huge, ...budget, precision: 'float16' };
      const failing = using(settings, (opened) => opened.loss(text, { kind: 'hf', labelSmoothing: 0 }, 3));
      await expect(failing).rejects.toMatchObject({ code: 'MP3102', message: expect.stringContaining('70000') });
    }
    const device = { name: 'tfjs', device: 'cpu' } as never;
    const elsewhere = using({ ...model, precision: 'float16', backend: device }, async () => {});
    await expect(elsewhere).rejects.toMatchObject({ code: 'MP3101' });
  });
});

it('narrows as it does value by value: all halves, what lies between them, and beyond', () => {
  const halves = Array.from({ length: 65536 }, (_, half) => halfToFloat(half));
  const between = halves.map((value, i) => (value + (halves[i + 1] ?? 0)) / 2);
  const values = Float32Array.from([...halves, ...between, 65519.99, 65520, 1e9, -1e9, 2 ** -14, 2 ** -15, 1e-9]);
  expect(narrowHalf(values)).toEqual(Uint16Array.from(values, floatToHalf));
});

it('of a table only the rows that are read are widened, a matrix once for all its uses', () => {
  const y = { name: 'y', type: 'float32', shape: [2, 4] } as const;
  const rows = { name: 'rows', type: 'float32', shape: [2, 4] } as const;
  const program: Program = {
    name: 'p',
    inputs: [
      { name: 'table', type: 'float32', shape: [9, 4] },
      { name: 'w', type: 'float32', shape: [4, 4] },
      { name: 'index', type: 'int64', shape: [2] },
    ],
    outputs: [y],
    constants: [],
    nodes: [
      { op: 'Gather', inputs: ['table', 'index'], outputs: ['rows'], attributes: { axis: 0 } },
      { op: 'MatMul', inputs: ['rows', 'w'], outputs: ['a'] },
      { op: 'MatMul', inputs: ['a', 'w'], outputs: ['y'] },
    ],
    values: [rows, { ...rows, name: 'a' }, y],
  };
  expect(widening(program, [])).toBe(program);
  const widened = widening(program, ['table', 'w']);
  expect(widening(program, ['table', 'w'])).toBe(widened);
  expect(widened.nodes.map(({ op, inputs, outputs }) => `${op} ${inputs} -> ${outputs}`)).toEqual([
    'Gather table,index -> rows.half',
    'Cast rows.half -> rows',
    'Cast w -> w.wide',
    'MatMul rows,w.wide -> a',
    'MatMul a,w.wide -> y',
  ]);
  expect(widened.inputs.map(({ type }) => type)).toEqual(['float16', 'float16', 'int64']);
});
