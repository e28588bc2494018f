// What is refused of a checkpoint folder, by code, and what is not.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { inspectCheckpoint } from '../../../runner/models';
import { families } from '../../../runner/models/families';
import { sizeOf, type TensorToWrite, writeSafetensors } from '../../../runner/models/safetensors';

const fixture = path.resolve(import.meta.dirname, '../../fixtures/specs/models/tiny/config.json');
const config: unknown = JSON.parse(readFileSync(fixture, 'utf8'));
const parameters = families.blip_vqa!.parameters(config);
let folder: string;
const at = (name: string) => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-checkpoint-'));
  cpSync(fixture, at('config.json'));
});

const tensors = (some = parameters, value = 0.5) =>
  new Map<string, TensorToWrite>(
    some.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)).fill(value) }]),
  );
const write = (name: string, some = tensors()) => writeSafetensors(at(name), some);

it('takes config.json alone', () => {
  const { files, parameters: found } = inspectCheckpoint(folder, 'blip_vqa');
  expect([files, found.length]).toEqual([[], 147]);
  expect(inspectCheckpoint(folder, 'miss').parameters[0]!.name).toBe('visual_encoder.cls_token');
});

it('takes model.safetensors, one file of another name, or shards with their index', () => {
  write('weights.safetensors');
  const single = inspectCheckpoint(folder, 'blip_vqa');
  expect(single.files).toEqual([at('weights.safetensors')]);
  rmSync(at('weights.safetensors'));
  write('a.safetensors', tensors(parameters.slice(0, 70)));
  write('b.safetensors', tensors(parameters.slice(70)));
  const map = Object.fromEntries(parameters.map(({ name }, i) => [name, i < 70 ? 'a.safetensors' : 'b.safetensors']));
  writeFileSync(at('model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  const sharded = inspectCheckpoint(folder, 'blip_vqa');
  expect(sharded.files).toEqual([at('a.safetensors'), at('b.safetensors')]);
  expect(sharded.headerOf.get(parameters[100]!.name)!.file).toBe(at('b.safetensors'));
  expect(sharded.hash).toBe(single.hash);
});

it('tells checkpoints of one shape apart, and tokenizers', () => {
  write('model.safetensors');
  const { hash } = inspectCheckpoint(folder, 'blip_vqa');
  write('model.safetensors', tensors(parameters, 0.25));
  const retrained = inspectCheckpoint(folder, 'blip_vqa').hash;
  writeFileSync(at('tokenizer.json'), '{}');
  expect(new Set([hash, retrained, inspectCheckpoint(folder, 'blip_vqa').hash]).size).toBe(3);
});

it('leaves buffers and copies of tied tensors aside, and says so', () => {
  const extra = { shape: [1, 24], data: new Float32Array(24) };
  write('model.safetensors', tensors().set('text_encoder.embeddings.position_ids', extra));
  expect(inspectCheckpoint(folder, 'blip_vqa').extras).toEqual(['text_encoder.embeddings.position_ids']);
});

const refused: [string, () => void, string, RegExp][] = [
  ['no folder', () => rmSync(folder, { recursive: true }), 'MP3001', /is not there/],
  ['no config.json', () => rmSync(at('config.json')), 'MP3005', /has no config\.json/],
  ['config.json that is not JSON', () => writeFileSync(at('config.json'), '{'), 'MP3005', /not valid JSON/],
  ['config.json of another class', () => writeFileSync(at('config.json'), '{"model_type":"llava"}'), 'MP3005', /llava/],
  ['a pickle alone', () => writeFileSync(at('checkpoint.pth'), 'PK\x03\x04'), 'MP3003', /pickled/],
  [
    'a pickle without config.json',
    () => {
      rmSync(at('config.json'));
      writeFileSync(at('pytorch_model.bin'), '');
    },
    'MP3003',
    /pickled/,
  ],
  [
    'two weight files without an index',
    () => {
      write('a.safetensors');
      write('b.safetensors');
    },
    'MP3001',
    /a\.safetensors, b\.safetensors/,
  ],
  [
    'a missing shard',
    () => writeFileSync(at('model.safetensors.index.json'), '{"weight_map":{"x":"gone.safetensors"}}'),
    'MP3001',
    /lacks gone\.safetensors/,
  ],
  ['an index without its map', () => writeFileSync(at('model.safetensors.index.json'), '[]'), 'MP3002', /weight_map/],
  [
    'a truncated file',
    () => {
      write('model.safetensors');
      const bytes = readFileSync(at('model.safetensors'));
      writeFileSync(at('model.safetensors'), bytes.subarray(0, bytes.length - 4));
    },
    'MP3002',
    /damaged/,
  ],
  [
    'a missing tensor',
    () => write('model.safetensors', tensors(parameters.slice(1))),
    'MP3004',
    /no tensor in the files for \(1\) vision_model\.embeddings\.class_embedding/,
  ],
  [
    'a tensor without a place',
    () => write('model.safetensors', tensors().set('queue', { shape: [1], data: new Float32Array(1) })),
    'MP3004',
    /no place in the family for \(1\) queue/,
  ],
  [
    'a tensor of another shape',
    () => write('model.safetensors', tensors().set(parameters[0]!.name, { shape: [24], data: new Float32Array(24) })),
    'MP3004',
    /is \[24\], config\.json says \[1, 1, 24\]/,
  ],
];
it.each(refused)('refuses %s', (_, damage, code, message) => {
  damage();
  expect(() => inspectCheckpoint(folder, 'blip_vqa')).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

it('ignores the optimiser states that trainers leave beside config.json', () => {
  writeFileSync(at('training_args.bin'), '');
  writeFileSync(at('optimizer.pt'), '');
  expect(inspectCheckpoint(folder, 'blip_vqa').files).toEqual([]);
});

it('refuses a file in place of a folder, a pickle by its name', () => {
  mkdirSync(at('x'));
  writeFileSync(at('x/model_best.pth'), '');
  expect(() => inspectCheckpoint(at('x/model_best.pth'), 'miss')).toThrow(expect.objectContaining({ code: 'MP3003' }));
  expect(() => inspectCheckpoint(at('config.json'), 'miss')).toThrow(expect.objectContaining({ code: 'MP3001' }));
});

it('names a family that is not supported', () => {
  expect(() => inspectCheckpoint(folder, 'gpt')).toThrow(expect.objectContaining({ code: 'MP1106' }));
  expect(() => inspectCheckpoint(folder, 'toString')).toThrow(expect.objectContaining({ code: 'MP1106' }));
});
