// One slip is one error: what follows from a misspelt word is not reported beside it, and what is wrong for other reasons still is.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSpec, loadSpec } from '../../../runner/spec';

const file = path.resolve(import.meta.dirname, '../../fixtures/workspace/tiny.medpeft.json');
const text = readFileSync(file, 'utf8');

async function said(...changes: [from: string, to: string][]): Promise<string[]> {
  const changed = changes.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replace(from, to);
  }, text);
  const loaded = loadSpec(file, { text: changed });
  const diagnostics = await checkSpec(loaded);
  const at = ({ start, end }: (typeof diagnostics)[0]['range']) =>
    changed.split('\n')[start.line]!.slice(start.character, end.character);
  // what the records say is no slip
  const told = diagnostics.filter(({ code }) => !['MP1113', 'MP2009'].includes(code));
  return told.map(({ code, range, suggestion }) => `${code} ${at(range)} -> ${suggestion}`);
}

describe('one error for', () => {
  it.each<[string, string, string]>([
    ['"datasets": {', '"dataset": {', 'MP1002 dataset -> datasets'],
    ['"tasks"', '"task"', 'MP1002 task -> tasks'],
    ['"methods": {', '"method": {', 'MP1002 method -> methods'],
    ['"parameter_groups"', '"parameter_group"', 'MP1002 parameter_group -> parameter_groups'],
    ['"components": { "*"', '"component": { "*"', 'MP1002 component -> components'],
    ['"learning_rate": 0.05', '"learning_rat": 0.05', 'MP1002 learning_rat -> learning_rate'],
    ['"train": [', '"trian": [', 'MP1002 trian -> train'],
    ['"test": [', '"tets": [', 'MP1002 tets -> test'],
    ['"metrics": [', '"metric": [', 'MP1002 metric -> metrics'],
    ['"from":', '"form":', 'MP1002 form -> from'],
    ['"rank": 4', '"lora_rank": 4', 'MP1002 lora_rank -> rank'],
    ['"targets"', '"target"', 'MP1002 target -> targets'],
    ['"type": "lora"', '"typ": "lora"', 'MP1002 typ -> type'],
    ['"family"', '"famly"', 'MP1002 famly -> family'],
    ['"at_least": 0 }', '"at_leest": 0 }', 'MP1002 at_leest -> at_least'],
    ['["rad/test"]', '["rad/tst"]', 'MP1102 tst -> test'],
    ['["rad/train"]', '["rad/trin"]', 'MP1102 trin -> train'],
    ['["rad/test"]', '["raad/test"]', 'MP1101 raad -> rad'],
    ['["exact_match"', '["exact_mach"', 'MP1005 exact_mach -> exact_match'],
    ['"blip_vqa"', '"blip_vqa_base"', 'MP1005 blip_vqa_base -> undefined'],
    ['"blip_vqa"', '"llava_med"', 'MP1005 llava_med -> llava'],
  ])('%s written %s', async (from, to, expected) => expect(await said([from, to])).toEqual([expected]));
});

describe('nothing is forgiven', () => {
  it('below a misspelt key', async () =>
    expect(
      await said(['"components": { "*": "norms" }', '"component": { "*": "nroms" }'], ['"kind"', '"knd"']),
    ).toEqual(['MP1002 knd -> kind', 'MP1002 component -> components', 'MP1101 nroms -> norms']));

  it('in misspelt keys within each other', async () =>
    expect(await said(['"methods": {', '"method": {'], ['"learning_rate": 0.05', '"lerning_rate": "x"'])).toEqual([
      'MP1002 method -> methods',
      'MP1002 lerning_rate -> learning_rate',
    ]));

  it('where the meant key is there as well', async () =>
    expect(await said(['"learning_rate": 0.05', '"learning_rate": 0.05, "learning_rat": 1'])).toEqual([
      'MP1002 learning_rat -> learning_rate',
    ]));

  it('where an expectation names a split that is known but not tested', async () =>
    expect(await said(['"test": "rad/test"', '"test": "rad/train"'])).toEqual(['MP1102 rad/train -> undefined']));
});

describe('what is missing', () => {
  it('of an empty spec is told at once', async () => {
    const diagnostics = await checkSpec(loadSpec(file, { text: '{}' }));
    expect(diagnostics.map(({ code }) => code)).toEqual(['MP1004', 'MP1107']);
    for (const section of ['models', 'datasets', 'tasks', 'methods'])
      expect(diagnostics[1]!.message).toContain(`"${section}"`);
  });

  it('of a task is told with the metrics of its type', async () => {
    const metrics = /"metrics": .*\n/.exec(text)![0];
    const [missing] = await checkSpec(loadSpec(file, { text: text.replace(metrics, '') }));
    expect(missing).toMatchObject({ code: 'MP1004', hint: expect.stringContaining('closed_accuracy') });
    expect(missing!.hint).not.toContain('cider');
  });
});

describe('suspicious values', () => {
  const withFilter = (filter: string): [string, string] => [
    '"path": "data" }',
    `"path": "data", "filter": ${filter} }`,
  ];
  it.each<[string, [string, string], string[]]>([
    ['a rate above 1', ['"learning_rate": 0.05', '"learning_rate": 5'], ['MP1005 5 -> undefined']],
    ['one of several rates', ['"learning_rate": 0.05', '"learning_rate": [0.1, 5]'], ['MP1005 5 -> undefined']],
    [
      'a value of a filter that no record has',
      withFilter('{ "image_organ": ["HEAD", "CHST"] }'),
      ['MP2005 CHST -> CHEST'],
    ],
    ['a filter that keeps nothing', withFilter('{ "image_organ": "HAED" }'), ['MP2005 HAED -> HEAD']],
    ['values that records have', withFilter('{ "image_organ": ["HEAD", "CHEST"] }'), []],
  ])('%s', async (_what, change, expected) => expect(await said(change)).toEqual(expected));
});
