// Whatever stands in an editor: a spec in the middle of being typed, or with any value anywhere, is answered with diagnostics inside its text.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Node, parseTree } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { planRuns } from '../../../runner/plan';
import { checkSpec, loadSpec } from '../../../runner/spec';

const file = path.resolve(import.meta.dirname, '../../fixtures/specs/good/base.medpeft.json');
const text = readFileSync(file, 'utf8');

async function check(changed: string): Promise<number> {
  const loaded = loadSpec(file, { text: changed });
  const lines = changed.split('\n');
  const diagnostics = await checkSpec(loaded);
  for (const { range, message } of diagnostics) {
    const { start, end } = range;
    const inside =
      end.line < lines.length &&
      start.character <= lines[start.line]!.length &&
      end.character <= lines[end.line]!.length;
    expect(inside, `${message} ${JSON.stringify(range)}`).toBe(true);
    expect(message.endsWith('undefined'), message).toBe(false);
  }
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

it('cut anywhere', async () => {
  const uncut = text.trimEnd().length;
  const ends = Array.from({ length: Math.ceil(uncut / 5) }, (_, i) => i * 5);
  const errors = await Promise.all(ends.map((end) => check(text.slice(0, end))));
  for (const [i, count] of errors.entries()) expect(count, `cut at ${ends[i]}`).toBeGreaterThan(0);
});

it.each(['null', '[]', '{}', '"x"', '-1', 'true', '[null]', '{ "x": 1 }', '1e999'])(
  '%s in the place of every value',
  async (value) => {
    const nodes: Node[] = [];
    const collect = (node: Node) => {
      if (node.type !== 'property') nodes.push(node);
      for (const child of node.type === 'property' ? node.children!.slice(1) : (node.children ?? [])) collect(child);
    };
    collect(parseTree(text, [], { allowTrailingComma: true })!);
    const changed = nodes.map(({ offset, length }) => text.slice(0, offset) + value + text.slice(offset + length));
    expect(await Promise.all(changed.map(check))).toHaveLength(nodes.length);
  },
);

it('plans of a broken spec are empty and say why', async () => {
  const loaded = loadSpec(file, { text: text.replace('"rad/train"', '"rad/trian"') });
  expect(await planRuns(loaded)).toEqual({ runs: [], beside: [], excluded: [], diagnostics: loaded.diagnostics });
});
