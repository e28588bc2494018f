// Where two places of a spec disagree, the diagnostic marks one and shows the other.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { checkSpec, loadSpec } from '../../../runner/spec';

const file = path.resolve(import.meta.dirname, '../../fixtures/workspace/tiny.medpeft.json');
const text = readFileSync(file, 'utf8');
const norms = '"layernorm": { "components": { "*": "norms" }';

it.each<[what: string, from: string, to: string, code: string, marked: string, other: string[]]>([
  ['a key that stands twice', '"num_beams": 1', '"num_beams": 1, "num_beams": 2', 'MP1006', 'num_beams', ['num_beams']],
  [
    'a group and an adapter of one name',
    '"adapters": {',
    '"adapters": { "norms": { "type": "prompt", "num_virtual_tokens": 4 },',
    'MP1005',
    'norms',
    ['norms'],
  ],
  ['a device and its backend', '"device": "cpu"', '"device": "wasm"', 'MP1005', 'wasm', ['onnxruntime']],
  [
    'a schedule and a setting that it lacks',
    '"max_steps": 60',
    '"max_steps": 60, "lr_scheduler": "linear", "lr_scheduler_kwargs": { "power": 2 }',
    'MP1005',
    'power',
    ['linear'],
  ],
  [
    'a metric to select by that is not computed',
    '"select_by": "exact_match"',
    '"select_by": "open_recall"',
    'MP1105',
    'open_recall',
    ['["exact_match", "closed_accuracy", "open_accuracy"]'],
  ],
  [
    'an expected metric that is not computed',
    '"metric": "exact_match", "at_least": 1',
    '"metric": "open_recall", "at_least": 1',
    'MP1105',
    'open_recall',
    ['["exact_match", "closed_accuracy", "open_accuracy"]'],
  ],
  [
    'what is held out and not trained on',
    '"from": "rad/train"',
    '"from": "rad/test"',
    'MP1102',
    'rad/test',
    ['["rad/train"]'],
  ],
  [
    'what is trained and tested on',
    '"test": ["rad/test"]',
    '"test": ["rad/train"]',
    'MP1102',
    'rad/train',
    ['rad/train'],
  ],
  [
    'a component that is fixed and varied',
    norms,
    `${norms.slice(0, -1)}, "text": "norms" }, "combine": { "text": ["lora4", "frozen"] }`,
    'MP1104',
    'text',
    ['text'],
  ],
  ['two names of one tensor', '"text": "lora4"', '"text": ["lora4", "all"]', 'MP1104', 'all', ['lora4']],
  ['two methods that are the same', '"base": {}', '"base": {}, "again": {}', 'MP1112', 'again', ['base']],
  ['a step and the items that it takes', '"batch_size": 8', '"batch_size": 800', 'MP1113', '800', ['["rad/train"]']],
  ['a test that shares images with training', '"seeds": [0]', '"seeds": [0]', 'MP2009', 'rad/test', ['rad/train']],
])('%s', async (_what, from, to, code, marked, other) => {
  expect(text).toContain(from);
  const changed = text.replace(from, to);
  const lines = changed.split('\n');
  const at = ({ start, end }: { start: { line: number; character: number }; end: { character: number } }) =>
    lines[start.line]!.slice(start.character, end.character);
  const found = (await checkSpec(loadSpec(file, { text: changed }))).filter((one) => one.code === code);
  expect(found.map(({ range, related = [] }) => [at(range), related.map((one) => at(one.range))])).toContainEqual([
    marked,
    other,
  ]);
});
