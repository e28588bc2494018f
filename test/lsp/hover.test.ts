import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { uriOf } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

async function hover(from: string, to: string) {
  const { document, result } = await session.at<Hover | null>(change(goodSpec, from, to), 'textDocument/hover');
  const contents = result?.contents as MarkupContent | string[] | undefined;
  const value = Array.isArray(contents) ? contents.join('\n') : (contents?.value ?? '');
  return { value, marked: result?.range && document.getText(result.range) };
}

describe('keys and words of the language', () => {
  it.each([
    ['a key', '"num_epochs"', '"num_|epochs"', ['Passes over the training items.', 'Default: `10`', 'more than 0']],
    ['a key of a kind of adapter', '"rank"', '"ra|nk"', ['Rank r of the update', 'Default: `8`', 'at least 1']],
    [
      'a metric',
      '"select_by": "exact_match"',
      '"select_by": "exact|_match"',
      ['share of answers equal to the reference'],
    ],
    [
      'a prompt template, as text',
      '"family": "miss",',
      '"family": "miss", "prompt_template": "vicuna|_v1",',
      ['USER: <image>\n{first question} ASSISTANT: {first answer}</s>USER: {question} ASSISTANT:'],
    ],
    [
      'every prompt template',
      '"family": "miss",',
      '"family": "miss", "prompt|_template": "plain",',
      ['`mistral_instruct`', '[INST] <image>\n{first question} [/INST] {first answer}</s>[INST] {question} [/INST]'],
    ],
    ['a format', '"vqa_rad"', '"vqa|_rad"', ['trainset', 'images/']],
  ])('%s', async (_name, from, to, expected) => {
    const { value, marked } = await hover(from, to);
    for (const part of expected) expect(value).toContain(part);
    expect(marked).toMatch(/^".*"$/);
  });

  it('says nothing in a comment', async () => {
    expect((await hover('// one model', '// one| model')).value).toBe('');
  });
});

// 2 vision layers of 2 norms and a last one; text encoder and decoder: embeddings' norm and 3 norms in each of 2 layers; the decoder's head has 1:
// (5 + 7 + 7 + 1) norms of a gain and a bias, each 8 wide = 40 tensors, 320 numbers.
const norms = '| tiny | 40 | 320 | 4.36 % |';

// The same tensors with their layers folded: 4 + 2 in the vision encoder, 2 + 6 in either text model, 2 in the decoder's head = 24 rows, of which 12 are shown.
const byLayer = '| vision_encoder | `visual_encoder.blocks.*.norm1.weight` | 0-1 |';

describe('names', () => {
  it.each([
    ['the tensors of a group by layer', '"norms": {', '"no|rms": {', [byLayer, 'and 12 more']],
    ['a group where it is defined', '"norms": {', '"no|rms": {', ['**norms**: layernorm parameter group', norms]],
    ['a group where it is used', '"*": "norms"', '"*": "no|rms"', ['**norms**: layernorm parameter group', norms]],
    // query and value of 2 vision layers are fused there; text encoder and decoder have self- and cross-attention in 2 layers: 2 x 2 x 2 x 2
    // weights of 8 x 8, each with A [8, 8] and B [8, 8].
    ['an adapter', '"lora8": {', '"lor|a8": {', ['**lora8**: lora adapter', '| tiny | 32 | 2,048 |']],
    ['a method', '"layernorm": {', '"layer|norm": {', ['**layernorm**: method', norms]],
    ['the untuned base', '"base": {}', '"ba|se": {}', ['The untuned base (zero-shot).', '| tiny | 0 | 0 | 0.00 % |']],
    [
      'the data set of a split',
      '"test": ["rad/test"]',
      '"test": ["rad|/test"]',
      ['**rad**: vqa_rad data set', '"data/rad"'],
    ],
    ['a task', '"vqa": {', '"v|qa": {', ['**vqa**: vqa task']],
    ['a model', '"tiny": {', '"ti|ny": {', ['**tiny**: miss model', '"models/tiny"']],
  ])('%s', async (_name, from, to, expected) => {
    const { value } = await hover(from, to);
    for (const part of expected) expect(value).toContain(part);
  });

  it('says why a checkpoint cannot be looked into', async () => {
    const text = change(goodSpec, '"models/tiny"', '"models/big"');
    const { result } = await session.at<Hover>(change(text, '"norms": {', '"no|rms": {'), 'textDocument/hover');
    expect((result.contents as MarkupContent).value).toMatch(
      /\*\*tiny\*\*: the model folder .*models\/big is not there/,
    );
  });

  it('names what matches nothing', async () => {
    const { value } = await hover(
      '"norms": { "kind": "layernorm" }',
      '"no|rms": { "kind": "layernorm", "layers": "9" }',
    );
    expect(value).toContain('matches no tensor');
  });

  it('has no counts while a pattern is wrong, and still says what the name is', async () => {
    const { value } = await hover('"norms": { "kind": "layernorm" }', '"no|rms": { "pattern": "[" }');
    expect(value).toContain('**norms**: [ parameter group');
    expect(value).not.toContain('| model |');
  });

  it.each([
    ['', '7,344'],
    // 4 x 4 patches and the class token have 17 places in place of 5, each 8 wide.
    [', "image_size": 32', '7,440'],
  ])('counts position embeddings at the image size of the spec%s', async (imageSize, total) => {
    const text = change(goodSpec, '"path": "models/tiny"', `"path": "models/tiny"${imageSize}`);
    const marked = change(text, '"base": {},', '"fu|ll": { "components": { "*": "all" }, "learning_rate": 1e-5 },');
    const { result } = await session.at<Hover>(marked, 'textDocument/hover');
    expect((result.contents as MarkupContent).value).toContain(`| ${total} | 100 % |`);
  });

  it('shows every cell of a grid', async () => {
    const { value } = await hover(
      '"base": {},',
      '"gr|id": { "combine": { "vision_encoder": ["frozen", "norms"] }, "learning_rate": 1e-3 },',
    );
    expect(value).toContain('| tiny, grid-frozen | 0 | 0 |');
    expect(value).toMatch(/\| tiny, grid-norms \| 10 \| 80 \|/);
  });

  it('reads a checkpoint again when it has changed', async () => {
    const config = session.fixture.at('models/tiny/config.json');
    const before = readFileSync(config, 'utf8');
    try {
      writeFileSync(config, before.replace('"num_hidden_layers":2', '"num_hidden_layers":3'));
      await session.client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uriOf(config), type: 2 }],
      });
      expect((await hover('"norms": {', '"no|rms": {')).value).toContain('| tiny | 44 | 352 |');
    } finally {
      writeFileSync(config, before);
    }
  });
});
