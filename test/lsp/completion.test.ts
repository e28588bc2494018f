import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type CompletionItem,
  type CompletionList,
  DiagnosticSeverity,
  InsertTextFormat,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { loadSpec } from '../../runner/spec';
import { slot } from '../../server/snippets';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

async function complete(from: string, to: string) {
  const { document, result } = await session.at<CompletionList | null>(
    change(goodSpec, from, to),
    'textDocument/completion',
  );
  const items = result?.items ?? [];
  return { document, items, labels: items.map(({ label }) => label) };
}

/** The text after an item is taken. */
function taken(document: TextDocument, item: CompletionItem | undefined): string {
  return TextDocument.applyEdits(document, [item!.textEdit as TextEdit]);
}

const parts = ['norms', 'attn', 'lora8'];
const ofVqa = ['closed_yes_no_accuracy', 'open_accuracy', 'open_recall', 'open_precision', 'open_f1'];

describe('names of a spec that is extended', () => {
  it.each([
    ['are known', '"components": { "*": "|" } }'],
    ['are known beside an unknown key', '"components": { "*": "|" }, "colour": 1 }'],
    ['are known in a text that is broken behind', '"components": { "*": "|" } }, "methods'],
    ['are known in a literal that nobody has closed', '"components": { "*": "| } }'],
  ])('%s', async (_, method) => {
    writeFileSync(session.fixture.at('names.json'), goodSpec);
    const text = `{ "version": 1, "extends": "names.json", "parameter_groups": { "own": { "kind": "ffn" } }, "methods": { "m": { ${method} } }`;
    const { result } = await session.at<CompletionList>(text, 'textDocument/completion');
    expect(result.items.map(({ label }) => label).sort()).toEqual([...parts, 'own', 'all', 'frozen'].sort());
  });
});

describe('values', () => {
  it.each([
    ['parts and predefined names in a component', '"*": "norms"', '"*": "|"', [...parts, 'all', 'frozen']],
    ['the same where nothing stands yet', '"*": "norms"', '"*": |', [...parts, 'all', 'frozen']],
    ['the same in a list', '["norms", "lora8"]', '["norms", "|"]', [...parts, 'all', 'frozen']],
    ['methods to compare with', '{ "reference": "base" }', '{ "reference": "|" }', ['base', 'layernorm', 'lora']],
    ['splits of the data sets', '"test": ["rad/test"]', '"test": ["|"]', ['rad/train', 'rad/test']],
    ['splits to hold out of', '"from": "rad/train"', '"from": "rad/|"', ['rad/train', 'rad/test']],
    [
      'metrics that are computed, to select by',
      '"select_by": "exact_match"',
      '"select_by": "|"',
      ['exact_match', 'closed_accuracy'],
    ],
    ['folders for a model', '"models/tiny"', '"|"', ['data', 'models']],
    ['folders in a folder', '"models/tiny"', '"models/|"', ['tiny']],
    ['files and folders for data', '"data/rad"', '"data/rad/|"', ['images', 'testset.json', 'trainset.json']],
    ['models of an override', '"compare":', '"overrides": [{ "model": "|" }],\n  "compare":', ['tiny']],
    ['tasks of an exclusion', '"compare":', '"exclude": [{ "task": ["|"] }],\n  "compare":', ['vqa']],
    [
      'families, the known first',
      '"family": "miss"',
      '"family": |',
      ['"miss"', '"blip_vqa"', '"blip_caption"', '"llava"', '"llama"'],
    ],
  ])('%s', async (_name, from, to, expected) => {
    const { labels } = await complete(from, to);
    expect(labels.sort()).toEqual([...expected].sort());
  });

  // Two layers of each tower: counts can be checked by hand.
  it.each<[string, string, string, Record<string, string>]>([
    [
      'kinds of modules with their tensors',
      '"kind": "layernorm"',
      '"kind": "|"',
      { layernorm: '40 tensors', projector: "no tensors of this spec's models" },
    ],
    [
      'components with their tensors',
      '"kind": "layernorm"',
      '"components": ["|"]',
      { vision_encoder: '30 tensors', language_model: "no tensors of this spec's models" },
    ],
    [
      'roles with their layers, and patterns',
      '"targets": ["query", "value"]',
      '"targets": ["|"]',
      {
        query: '8 layers',
        query_key_value: '2 layers',
        ffn_gate: "no layers of this spec's models",
        '^text_decoder\\.bert\\.encoder\\.layer\\.\\d+\\.crossattention\\.self\\.query$': '2 layers',
      },
    ],
    [
      'patterns of the tensors in all layers',
      '"kind": "layernorm"',
      '"pattern": "|"',
      { '^visual_encoder\\.blocks\\.\\d+\\.norm1\\.weight$': '2 tensors', '^visual_encoder\\.cls_token$': '1 tensor' },
    ],
    [
      'values of a field with their records',
      '"path": "data/rad" }',
      '"path": "data/rad", "filter": { "answer_type": "|" } }',
      { CLOSED: '11 records' },
    ],
    [
      'splits with their sizes and kinds of answers',
      '"test": ["rad/test"]',
      '"test": ["|"]',
      { 'rad/train': '10 items on 10 images: 10 closed', 'rad/test': '1 item on 1 image: 1 closed' },
    ],
  ])('%s', async (_name, from, to, expected) => {
    const { items } = await complete(from, to);
    const details = Object.fromEntries(items.map(({ label, detail }) => [label, detail]));
    expect(details).toMatchObject(expected);
  });

  it('fields of the records to filter by', async () => {
    const { labels } = await complete('"path": "data/rad" }', '"path": "data/rad", "filter": { | } }');
    expect(labels).toContain('image_organ');
  });

  it('metrics that suit the task and are not listed yet', async () => {
    const { labels } = await complete('"closed_accuracy"]', '"closed_accuracy", "|"]');
    expect(labels.slice(0, ofVqa.length)).toEqual(ofVqa);
    expect(labels).not.toContain('exact_match');
    expect(labels).not.toContain('cider');
  });

  it.each([
    ['within quotes', '"*": "norms"', '"*": "no|rms"', 'attn', '"*": "attn"'],
    ['behind an opening quote', '"*": "norms"', '"*": "|', 'attn', '"*": "attn"'],
    ['where nothing stands', '"*": "norms"', '"*": |', 'attn', '"*": "attn"'],
    ['a split behind its slash', '"test": ["rad/test"]', '"test": ["rad/|"]', 'rad/train', '"test": ["rad/train"]'],
    ['one segment of a path', '"data/rad"', '"da|ta/rad"', 'models', '"models/rad"'],
    ['the last segment of a path', '"models/tiny"', '"models/t|"', 'tiny', '"models/tiny"'],
    ['a path without quotes', '"path": "models/tiny"', '"path": |', 'models', '"path": "models"'],
  ])('replaces %s', async (_name, from, to, label, expected) => {
    const { document, items } = await complete(from, to);
    const item = items.find((candidate) => candidate.label === label);
    expect(taken(document, item)).toBe(change(goodSpec, from, expected));
  });

  it('says what a name stands for', async () => {
    const { items } = await complete('"*": "norms"', '"*": "|"');
    expect(items.map(({ label, detail }) => [label, detail]).slice(0, 3)).toEqual([
      ['norms', 'layernorm parameter group'],
      ['attn', 'attention parameter group'],
      ['lora8', 'lora adapter'],
    ]);
  });

  it.each([
    ['a group, with its tensors', '"*": "norms"', '"*": "|"', 'norms', '| tiny | 40 | 320 | 4.36 % |'],
    ['a method', '{ "reference": "base" }', '{ "reference": "|" }', 'base', 'The untuned base (zero-shot).'],
    ['a split, with the data set', '"test": ["rad/test"]', '"test": ["|"]', 'rad/train', '| train | 10 | 10 |'],
  ])('explains %s, when somebody looks at it', async (_what, from, to, label, expected) => {
    const item = (await complete(from, to)).items.find((one) => one.label === label)!;
    expect(item.documentation).toBeUndefined();
    const resolved = await session.client.request<CompletionItem>('completionItem/resolve', item);
    expect(resolved).toMatchObject({ ...item, documentation: { value: expect.stringContaining(expected) } });
  });

  it('leaves as it is what has no more to say', async () => {
    const item = (await complete('"*": "norms"', '"*": "|"')).items.find(({ label }) => label === 'all')!;
    expect(await session.client.request('completionItem/resolve', item)).toEqual(item);
  });

  it('proposes nothing behind a finished value', async () => {
    expect((await complete('"*": "norms"', '"*": "norms"|')).labels).toEqual([]);
  });
});

describe('keys', () => {
  it('of the top level, with their descriptions', async () => {
    const { items, labels } = await complete('"compare":', '|\n  "compare":');
    expect(labels.sort()).toEqual(['$schema', 'exclude', 'expect', 'extends', 'overrides', 'seeds', 'sweep']);
    const seeds = items.find(({ label }) => label === 'seeds')!;
    expect(seeds.documentation).toMatchObject({ value: expect.stringContaining('Default: `[0]`') });
  });

  it('of the training settings, with a value to start from', async () => {
    const { items } = await complete('"batch_size": 4', '"batch_size": 4, |');
    const insert = (label: string) => (items.find((item) => item.label === label)!.textEdit as TextEdit).newText;
    expect(insert('warmup_ratio')).toBe(`"warmup_ratio": ${slot(1, '0.1')}`);
    expect(insert('learning_rate')).toBe(`"learning_rate": ${slot(1, '1e-4')}`);
    expect(insert('max_steps')).toBe(`"max_steps": ${slot(1, '100')}`);
  });

  it('of the kind of adapter that is named', async () => {
    const { labels } = await complete('"rank": 8,', '"rank": 8, |,');
    expect(labels).toEqual(expect.arrayContaining(['alpha', 'dropout', 'use_dora']));
    expect(labels).not.toContain('num_virtual_tokens');
  });

  it('components', async () => {
    const { labels } = await complete('{ "*": "norms" }', '{ "|" }');
    expect(labels).toEqual([
      'vision_encoder',
      'projector',
      'text_encoder',
      'text_decoder',
      'language_model',
      'text',
      '*',
    ]);
  });

  it('groups and adapters that a rate is for', async () => {
    const { labels } = await complete('{ "norms": 1e-3, "lora8": 3e-4 }', '{ "norms": 1e-3, "|" }');
    expect(labels).toEqual(['attn', 'lora8']);
  });

  const ofSections: [section: string, from: string, to: string, names: string[]][] = [
    ['models', '"models": { ', '"models": { | ', ['miss', 'blip_vqa', 'blip_caption', 'llava', 'llama']],
    [
      'datasets',
      '"datasets": { ',
      '"datasets": { | ',
      ['rad_2', 'slake', 'path', 'pmc', 'chats', 'iu', 'r2gen', 'mimic', 'roco', 'table'],
    ],
    ['tasks', '"tasks": {', '"tasks": { |', ['vqa_2', 'report_generation', 'instruction']],
    ['parameter_groups', '"parameter_groups": { ', '"parameter_groups": { | ', ['norms_2', 'attn_2', 'ffn', 'biases']],
    [
      'adapters',
      '"adapters": { ',
      '"adapters": { | ',
      ['lora8_2', 'ia3', 'prefix', 'prompt', 'houlsby', 'pfeiffer', 'parallel'],
    ],
    ['methods', '"methods": {', '"methods": { |', ['base_2', 'layernorm_2', 'lora_2', 'ia3', 'prefix', 'full', 'grid']],
  ];
  const withParts = change(
    goodSpec,
    '"lora8": {',
    '"ia3": { "type": "ia3", "targets": ["key"] }, "prefix": { "type": "prefix", "num_virtual_tokens": 4 }, "lora8": {',
  );

  it.each(ofSections)('whole new %s, each of which makes a valid spec', async (section, from, to, expected) => {
    expect((await complete(from, to)).labels).toEqual(expected);
    // methods name adapters of their kind
    const marked = change(section === 'methods' ? withParts : goodSpec, from, to);
    const { document, result } = await session.at<CompletionList>(marked, 'textDocument/completion');
    for (const item of result.items) {
      expect(item).toMatchObject({ insertTextFormat: InsertTextFormat.Snippet, documentation: expect.anything() });
      const text = taken(document, item).replaceAll(/\$\{\d+:([^}]*)\}/g, '$1');
      const { diagnostics } = loadSpec(session.fixture.at('snippet.medpeft.json'), { text });
      expect([item.label, diagnostics.filter(({ severity }) => severity === 'error')]).toEqual([item.label, []]);
    }
  });

  it('inserts a whole method as a snippet that makes a valid spec', async () => {
    const { document, items } = await complete('"base": {},', '"base": {},\n    "|"');
    const item = items.find(({ label }) => label === 'layernorm_2')!;
    expect(item.insertTextFormat).toBe(InsertTextFormat.Snippet);
    const text = taken(document, item).replaceAll(/\$\{\d+:([^}]*)\}/g, '$1');
    const uri = session.freshUri();
    let answers = 0;
    const answered = session.client.pushed(uri, () => ++answers === 2);
    await session.client.open(uri, text);
    // valid; until it is changed, it is the same method under another name
    expect((await answered).map(({ code, severity }) => [code, severity])).toEqual([
      ['MP1112', DiagnosticSeverity.Warning],
    ]);
  });

  it('begins an empty text', async () => {
    const { result } = await session.at<CompletionList>('|', 'textDocument/completion');
    expect(result.items.map(({ label }) => label)).toContain('New experiment');
  });
});
