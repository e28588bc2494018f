/** Quick fixes: what is offered at a mistake, and the text after it. Settings of other tools are as peft 0.21 and LLaMA-Factory write them. */
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pulling } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

// an editor that is not told to ask again gets all diagnostics, those of the disk too, in one answer
const session = useServer({ textDocument: { ...pulling.textDocument } });

async function actionsFor(text: string, only?: string[]) {
  const document = await session.open(text);
  const { uri } = document;
  const { items } = await session.client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', {
    textDocument: { uri },
  });
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  const actions = await session.client.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range: whole,
    context: { diagnostics: items, only },
  });
  const applied = ({ edit }: CodeAction) => TextDocument.applyEdits(document, edit!.changes![uri]!);
  return { actions, applied, codes: items.map(({ code }) => code) };
}

describe('quick fixes', () => {
  it.each([
    [
      "another tool's spelling of a rate",
      '"learning_rate": 1e-3 },',
      '"lr": 1e-3 },',
      "Change to 'learning_rate'",
      undefined,
    ],
    ['of epochs', '"num_epochs": 2', '"num_train_epochs": 2', "Change to 'num_epochs'", undefined],
    ['of a batch', '"batch_size": 4', '"per_device_train_batch_size": 4', "Change to 'batch_size'", undefined],
    ['of a rank', '"rank": 8', '"lora_r": 8', "Change to 'rank'", undefined],
    ['of alpha', '"rank": 8,', '"rank": 8, "lora_alpha": 16,', "Change to 'alpha'", '"rank": 8, "alpha": 16,'],
    ['of targets', '"targets": [', '"target_modules": [', "Change to 'targets'", undefined],
    ['a misspelt key', '"batch_size": 4', '"batch_sizes": 4', "Change to 'batch_size'", undefined],
    [
      'an unknown key',
      ', "batch_size": 4',
      ', "batch_size": 4, "colour": { "a": [1, 2] }',
      'Remove "colour"',
      undefined,
    ],
    [
      'an unknown key that comes first',
      '{ "num_epochs": 2,',
      '{ "colour": 1, "num_epochs": 2,',
      'Remove "colour"',
      undefined,
    ],
    ['a key alone', '"base": {}', '"base": { "colour": 1 }', 'Remove "colour"', '"base": {},'],
    ['a key that stands twice', '"rank": 8,', '"rank": 8, "rank": 8,', 'Remove "rank"', undefined],
    [
      'a missing key',
      '"type": "lora", "rank": 8,',
      '"type": "lora",',
      'Add "rank"',
      '"type": "lora", "targets": ["query", "value"], "rank": 8',
    ],
    ['a missing list', ', "targets": ["query", "value"]', '', 'Add "targets"', undefined],
    [
      'a missing kind of adapter',
      '"type": "lora", ',
      '',
      'Add "type"',
      '"targets": ["query", "value"], "type": "lora"',
    ],
    [
      'a missing rate',
      ', "learning_rate": 1e-3 },\n    "lora"',
      ' },\n    "lora"',
      'Add "learning_rate"',
      ', "learning_rate": 1e-4 },\n    "lora"',
    ],
    [
      'a missing key on a line of its own',
      '      "metrics": ["exact_match", "closed_accuracy"],\n',
      '',
      'Add "metrics"',
      '"select_by": "exact_match",\n      "metrics": ["exact_match"]',
    ],
    ['too small a number', '"batch_size": 4', '"batch_size": 0', 'Change to 1', '"batch_size": 1'],
    [
      'too large a number',
      '"batch_size": 4',
      '"batch_size": 4, "warmup_ratio": 1.5',
      'Change to 1',
      '"warmup_ratio": 1 ',
    ],
    ['a number that must be less', '"rank": 8', '"rank": 8, "dropout": 1', 'Change to 0', '"dropout": 0'],
    ['a fraction for a whole number', '"batch_size": 4', '"batch_size": 4.2', 'Change to 4', undefined],
    ['a number in quotes', '"rank": 8', '"rank": "8"', 'Change to 8', undefined],
    ['a rate in quotes', '"learning_rate": 1e-3 },', '"learning_rate": "1e-3" },', 'Change to 1e-3', undefined],
    ['one split without a list', '["rad/train"]', '"rad/train"', 'Change to ["rad/train"]', undefined],
    ['a name twice', '["norms", "lora8"]', '["norms", "norms", "lora8"]', 'Leave out "norms" here', undefined],
  ])('%s', async (_what, right, wrong, title, expected) => {
    const text = change(goodSpec, right, wrong);
    const { actions, applied } = await actionsFor(text);
    const action = actions.find((one) => one.title === title);
    expect(action, actions.map((one) => one.title).join('; ')).toBeDefined();
    expect(action!.kind).toBe('quickfix');
    if (expected === undefined) expect(applied(action!)).toBe(goodSpec);
    else expect(applied(action!)).toContain(expected);
  });

  it.each([
    [
      'a pattern beside a kind',
      '"norms": { "kind": "layernorm" }, "attn": { "pattern": "text_encoder.encoder.layer" }',
      'Limit "attn" to the kinds that "norms" does not have: attention, ffn',
      '"attn": { "pattern": "text_encoder.encoder.layer", "kind": ["attention", "ffn"] }',
    ],
    [
      'two patterns',
      '"norms": { "pattern": "LayerNorm" }, "attn": { "pattern": "attention" }',
      'Leave what "norms" matches out of the pattern of "attn"',
      '"attn": { "pattern": "^(?!.*(?:LayerNorm)).*(?:attention)" }',
    ],
  ])('splits what overlaps: %s', async (_what, groups, title, expected) => {
    const text = change(
      change(goodSpec, '"norms": { "kind": "layernorm" }, "attn": { "kind": "attention" }', groups),
      '"text": ["norms", "lora8"] }, "learning_rate": { "norms": 1e-3, "lora8": 3e-4 }',
      '"text": ["norms", "attn"] }, "learning_rate": 1e-3',
    );
    const { actions, applied, codes } = await actionsFor(text);
    expect(codes).toContain('MP1104');
    const action = actions.find((one) => one.title === title);
    expect(action, actions.map((one) => one.title).join('; ')).toBeDefined();
    expect(applied(action!)).toContain(expected);
    expect((await actionsFor(applied(action!))).codes).toEqual([]);
  });
});

describe('fix all', () => {
  it('mends what has one likely remedy, and leaves the rest', async () => {
    const text = [
      ['"rank": 8', '"lora_r": "8"'],
      ['"batch_size": 4', '"batch_sizes": 4'],
      ['"exact_match", "closed_accuracy"', '"exact_mach", "closed_accuracy"'],
      ['"base": {}', '"base": { "colour": 1 }'],
    ].reduce((spec, [from, to]) => change(spec, from!, to!), goodSpec);
    const { actions, applied } = await actionsFor(text, ['source.fixAll']);
    expect(actions.map(({ title, kind }) => [title, kind])).toEqual([
      ['Fix all MedPEFT problems', 'source.fixAll.medpeft'],
    ]);
    const once = applied(actions[0]!);
    expect(once).toContain('"batch_size": 4');
    expect(once).toContain('"exact_match", "closed_accuracy"');
    expect(once).toContain('"rank": "8"');
    expect(once).toContain('"colour": 1');
    const again = await actionsFor(once, ['source.fixAll.medpeft']);
    expect(again.applied(again.actions[0]!)).toContain('"rank": 8');
  });

  it('has nothing to do in a good spec', async () => {
    expect((await actionsFor(goodSpec, ['source.fixAll'])).actions).toEqual([]);
    expect((await actionsFor(goodSpec, ['source.organizeImports'])).actions).toEqual([]);
  });
});

describe('sorting keys', () => {
  const sorted = async (text: string) => {
    const { actions, applied } = await actionsFor(text, ['source.sortKeys']);
    return actions.length === 0 ? text : applied(actions[0]!);
  };

  it.each([
    [
      'keys as the schema has them',
      '{ "seeds": [0], "name": "x", "version": 1 }',
      '{ "version": 1, "name": "x", "seeds": [0] }',
    ],
    [
      'names as they are written',
      '{ "methods": { "b": { "learning_rate": 1, "components": {} }, "a": {} }, "version": 1 }',
      '{ "version": 1, "methods": { "b": { "components": {}, "learning_rate": 1 }, "a": {} } }',
    ],
    ['unknown keys behind', '{ "zebra": 1, "apple": 2, "version": 1 }', '{ "version": 1, "zebra": 1, "apple": 2 }'],
    [
      'comments with their keys',
      '{\n  // of name\n  "name": "http://x", // behind name\n  /* of version */\n  "version": 1 // behind version\n}',
      '{\n  /* of version */\n  "version": 1, // behind version\n  // of name\n  "name": "http://x" // behind name\n}',
    ],
    ['no key into a comment', '{ "name": "x",\n  "version": 1 // one\n}', '{\n  "version": 1, // one\n "name": "x"\n}'],
    [
      'no brace into a comment',
      '{\n  "name": "x", // it\n  "version": 1 }',
      '{\n  "version": 1,\n  "name": "x" // it\n }',
    ],
    ['a comma at the end', '{\n  "name": "x",\n  "version": 1,\n}', '{\n  "version": 1,\n  "name": "x",\n}'],
    ['commas that begin lines', '{ "name": "x" // it\n, "version": 1 }', '{ "version": 1, "name": "x" // it\n }'],
    ['nothing in a broken text', '{ "name": "x", "version": ', '{ "name": "x", "version": '],
  ])('%s', async (_what, text, expected) => {
    expect(await sorted(text)).toBe(expected);
    expect(await sorted(expected)).toBe(expected);
  });

  it('leaves the spec what it was', async () => {
    const spec = parse(goodSpec);
    const text = await sorted(JSON.stringify(Object.fromEntries(Object.entries(spec).reverse()), null, 2));
    expect(JSON.stringify(parse(text))).toBe(JSON.stringify(spec));
  });
});

describe('settings of other tools', () => {
  const adapters = '"adapters": { "lora8": { "type": "lora", "rank": 8, "targets": ["query", "value"] } }';
  const pasted = (block: string) => change(goodSpec, adapters, `"adapters": { "lora8": ${block} }`);

  it.each([
    [
      'LoRA of peft',
      '{ "peft_type": "LORA", "r": 8, "lora_alpha": 32, "lora_dropout": 0.05, "target_modules": ["q_proj", "v_proj"], "bias": "none", "task_type": "CAUSAL_LM", "inference_mode": true, "use_dora": false }',
      'Convert Hugging Face peft settings to a lora adapter',
      '"lora8": { "type": "lora", "rank": 8, "alpha": 32, "dropout": 0.05, "targets": ["query", "value"] }',
    ],
    [
      'IA3 of peft',
      '{ "peft_type": "IA3", "target_modules": ["key", "value", "dense"], "feedforward_modules": ["dense"] }',
      'Convert Hugging Face peft settings to a ia3 adapter',
      '{ "type": "ia3", "targets": ["key", "value", "(^|\\\\.)dense$"], "feedforward_targets": ["(^|\\\\.)dense$"] }',
    ],
    [
      'a prefix of peft',
      '{ "peft_type": "PREFIX_TUNING", "num_virtual_tokens": 20, "prefix_projection": true, "encoder_hidden_size": 128 }',
      'Convert Hugging Face peft settings to a prefix adapter',
      '{ "type": "prefix", "num_virtual_tokens": 20, "projection": true, "projection_size": 128 }',
    ],
    [
      'a prompt of peft',
      '{ "peft_type": "PROMPT_TUNING", "num_virtual_tokens": 8, "prompt_tuning_init": "RANDOM", "token_dim": 8 }',
      'Convert Hugging Face peft settings to a prompt adapter',
      '{ "type": "prompt", "num_virtual_tokens": 8 }',
    ],
    [
      'what has no place here',
      '{ "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": "all-linear", "bias": "all", "modules_to_save": ["lm_head"] }',
      'Convert Hugging Face peft settings to a lora adapter, without 2 settings',
      '// not carried over from Hugging Face peft: bias "all", modules_to_save ["lm_head"]\n',
    ],
    [
      'arguments of LLaMA-Factory',
      '{ "finetuning_type": "lora", "lora_rank": 16, "lora_target": "q_proj,v_proj", "learning_rate": 1e-4, "num_train_epochs": 3.0 }',
      'Convert LLaMA-Factory settings to a lora adapter',
      '{ "type": "lora", "rank": 16, "targets": ["query", "value"], "alpha": 32 }',
    ],
  ])('%s', async (_what, block, title, expected) => {
    const { actions, applied } = await actionsFor(pasted(block));
    const action = actions.find((one) => one.title === title);
    expect(action, actions.map((one) => one.title).join('; ')).toBeDefined();
    const text = applied(action!);
    expect(text).toContain(expected);
    expect((await actionsFor(text)).codes.filter((code) => String(code) < 'MP1100')).toEqual([]);
  });

  it('pasted between the braces get a name, and settings of training go there', async () => {
    const text = change(
      goodSpec,
      adapters,
      '"adapters": { "lora_rank": 4, "lora_target": "all", "num_train_epochs": 3.0, "warmup_ratio": 0.1, "template": "llava" }',
    );
    const { actions, applied } = await actionsFor(text);
    const action = actions.find((one) => one.title.startsWith('Convert'))!;
    const converted = applied(action);
    expect(converted).toContain('"lora4": {');
    expect(converted).toContain('"alpha": 8');
    expect(converted).toContain('// not carried over from LLaMA-Factory: template "llava"');
    // the number of epochs is there already: the spec's own stays
    expect(converted).toContain('"training": { "num_epochs": 2, "batch_size": 4, "warmup_ratio": 0.1 }');
  });

  it('are not seen in adapters of this language', async () => {
    expect((await actionsFor(goodSpec)).actions).toEqual([]);
  });
});
