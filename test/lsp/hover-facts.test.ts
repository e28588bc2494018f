/** What hover tells of this spec alone: records, plan, merged settings. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Hover, InlayHint, MarkupContent } from 'vscode-languageserver/node';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

async function hover(marked: string): Promise<string> {
  const { result } = await session.at<Hover | null>(marked, 'textDocument/hover');
  return (result?.contents as MarkupContent | undefined)?.value ?? '';
}

it.each([
  ['a data set', '"rad": {', '"ra|d": {'],
  ['the data set of a split', '["rad/test"]', '["rad|/test"]'],
])('%s is told with its splits, answers and findings', async (_name, from, to) => {
  const value = await hover(change(goodSpec, from, to));
  expect(value).toContain('| train | 10 | 10 |  | 10 closed |');
  expect(value).toContain('| test | 1 | 1 |  | 1 closed |');
});

it.each([
  // counts as in `medpeft inspect model`
  ['config.json alone', '"models/tiny"', '7,344 numbers; no weights beside config.json. What is tuned is float32.'],
  [
    'weights',
    JSON.stringify(path.resolve('test/fixtures/workspace/model')),
    '; stored as F32. What is tuned is float32.',
  ],
  ['a folder that is not there', '"models/big"', 'Weights: the model folder'],
])('a model of %s is told with its weights', async (_what, folder, expected) => {
  const text = change(change(goodSpec, '"models/tiny"', folder), '"miss"', '"blip_vqa"');
  expect(await hover(change(text, '"tiny": {', '"ti|ny": {'))).toContain(expected);
});

it('a data set is told with what is missing and what was found', async () => {
  const text = change(goodSpec, '"path": "data/rad"', '"path": "data/poor"');
  const { at } = session.fixture;
  cpSync(at('data/rad'), at('data/poor'), { recursive: true });
  rmSync(at('data/poor/images/train3.jpg'));
  const value = await hover(change(text, '"rad": {', '"ra|d": {'));
  expect(value).toContain('1 image that records name is not there.');
});

it('says why records cannot be read', async () => {
  const text = change(goodSpec, '"path": "data/rad"', '"path": "data/none"');
  expect(await hover(change(text, '"rad": {', '"ra|d": {'))).toMatch(/Records: .*data\/none/);
});

it('a method is told with the steps and the memory of its runs, once they are planned', async () => {
  const document = await session.open(goodSpec);
  const textDocument = { uri: document.uri };
  const position = document.positionAt(goodSpec.indexOf('"layernorm": {') + 3);
  const ask = async () =>
    ((await session.client.request<Hover>('textDocument/hover', { textDocument, position })).contents as MarkupContent)
      .value;
  expect(await ask()).toContain('still being planned');
  const range = { start: { line: 0, character: 0 }, end: document.positionAt(goodSpec.length) };
  // an editor that is not told to ask again gets its hints when the plan is there
  await session.client.request<InlayHint[]>('textDocument/inlayHint', { textDocument, range });
  // 9 items in batches of 4, twice
  expect(await ask()).toMatch(/\| tiny--vqa--layernorm--seed0 \| 6 \| \d+ MB \| not known before a run \|/);
});

describe('a training setting is told with its unit and where its value comes from', () => {
  const spec = change(
    goodSpec,
    '"compare":',
    '"overrides": [{ "method": "lora", "training": { "batch_size": 2 } }],\n  "compare":',
  );
  it.each([
    [
      'from overrides',
      '"batch_size": 4',
      '"batch|_size": 4',
      [
        'Unit: items',
        '| `4` | training.batch_size | base, layernorm |',
        '| `2` | overrides.0.training.batch_size | lora |',
      ],
    ],
    [
      'from a sweep',
      '"compare": {',
      '"sweep": { "training.batch_size": [3] },\n  "compare": {',
      ['| `3` | sweep.training.batch_size | base, layernorm, lora |'],
    ],
    ['for all', '"num_epochs": 2', '"num|_epochs": 2', ['| `2` | training.num_epochs | base, layernorm, lora |']],
  ])('%s', async (_name, from, to, expected) => {
    const text = change(spec, from, to);
    const value = await hover(text.includes('|') ? text : change(text, '"batch_size": 4', '"batch|_size": 4'));
    for (const part of expected) expect(value).toContain(part);
  });
});

describe('across `extends` hover tells which spec says so', () => {
  const heir = (own: string) => `{ "version": 1, "extends": "shared/base.medpeft.json", ${own} }`;
  beforeAll(() => {
    const { at } = session.fixture;
    mkdirSync(at('shared'));
    writeFileSync(
      at('shared/base.medpeft.json'),
      goodSpec.replace('models/tiny', '../models/tiny').replace('data/rad', '../data/rad'),
    );
  });
  it.each([
    [
      'a setting that is inherited',
      '"training": { "num|_epochs": 3 }',
      ['In place of `2` in shared/base.medpeft.json.'],
    ],
    [
      'what the other settings of a training come to',
      '"training": { "batch|_size": 8 }, "overrides": [{ "method": "lora", "training": { "num_epochs": 1 } }]',
      ['In place of `4` in shared/base.medpeft.json.', '| `8` | training.batch_size | base, layernorm, lora |'],
    ],
    [
      'a value that only the base has',
      '"overrides": [{ "method": "lora", "training": { "num|_epochs": 1 } }]',
      [
        '| `2` | training.num_epochs in shared/base.medpeft.json | base, layernorm |',
        '| `1` | overrides.0.training.num_epochs | lora |',
      ],
    ],
    [
      'a name of the base',
      '"compare": { "reference": "lo|ra" }',
      ['**lora**: method', 'From shared/base.medpeft.json.'],
    ],
    [
      'a name that is changed here',
      '"adapters": { "lo|ra8": { "rank": 2 } }',
      ['"rank": 2', '"targets": [ "query", "value" ]', 'What this spec says laid over shared/base.medpeft.json.'],
    ],
  ])('%s', async (_what, own, expected) => {
    const value = await hover(heir(own));
    for (const part of expected) expect(value).toContain(part);
  });

  it('and says nothing of a spec that extends none', async () => {
    expect(await hover(change(goodSpec, '"num_epochs"', '"num|_epochs"'))).not.toMatch(/In place of|medpeft\.json/);
  });
});
