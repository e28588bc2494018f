/**
 * Broken texts: whatever is asked of the server, it answers without an error and within the text, formatting settles at once, a rename can be taken
 * back, and edits piece by piece are the same as the whole text. A few texts here; thousands by `npm run fuzz`.
 */
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { goodSpec } from '../fixture';
import { useServer } from '../session';
import { askAll, formatted, outside, renamed } from './answers';
import { brokenTexts, mutations, randomFrom } from './texts';

const count = Number(process.env.MEDPEFT_FUZZ_TEXTS ?? 112);
const seed = Number(process.env.MEDPEFT_FUZZ_SEED ?? 1);
const timeout = 60_000 + 500 * count;

describe(`broken texts of seed ${seed}`, () => {
  const session = useServer({ textDocument: { diagnostic: {}, documentSymbol: {} } });

  it('come of every mutation', () => {
    const texts = [...brokenTexts(seed, count)];
    for (const kind of Object.keys(mutations))
      expect(texts.some(({ how, text }) => how.startsWith(kind) && text !== goodSpec)).toBe(true);
  });

  it('are answered without an error and inside the text, and formatted once and for all', { timeout }, async () => {
    const { client } = session;
    // lenses of results would wait for the plan of each text that is still a spec
    const settings = { medpeft: { codeLens: { results: false } } };
    await client.rpc.sendNotification('workspace/didChangeConfiguration', { settings });
    const uri = session.freshUri();
    await client.open(uri, '');
    let version = 1;
    const change = async (text: string) => {
      await client.change(uri, ++version, text);
      return TextDocument.create(uri, 'medpeft', version, text);
    };
    for (const { how, text, offset } of brokenTexts(seed, count)) {
      const document = await change(text);
      const wrong = outside(document, await askAll(client, document, offset));
      expect({ how, text, wrong }).toEqual({ how, text, wrong: [] });
      const once = await formatted(client, document);
      expect({ how, text: await formatted(client, await change(once)) }).toEqual({ how, text: once });
    }
    expect(client.log).toEqual([]);
  });

  it('can take a rename back', { timeout }, async () => {
    const { client } = session;
    const random = randomFrom(seed);
    let done = 0;
    for (const { how, text } of brokenTexts(seed, count)) {
      const document = await session.open(text);
      // at a name, if one is left
      const names = [...text.matchAll(/"(norms|attn|lora8|rad|tiny|vqa|base|layernorm|lora)\b/g)];
      const offset = (names[random(names.length)]?.index ?? 0) + 2;
      const at = { textDocument: { uri: document.uri }, position: document.positionAt(offset) };
      const found = await client.request<{ placeholder: string } | null>('textDocument/prepareRename', at);
      const there = found && (await renamed(client, document, offset, 'quite-another'));
      if (there) {
        await client.change(document.uri, 2, there);
        const after = TextDocument.create(document.uri, 'medpeft', 2, there);
        const back = await renamed(client, after, there.indexOf('quite-another') + 1, found.placeholder);
        expect({ how, back }).toEqual({ how, back: text });
        done++;
      }
      await client.close(document.uri);
    }
    expect(done).toBeGreaterThan(count / 4);
  });

  it('are the same, edited piece by piece', { timeout }, async () => {
    const { client } = session;
    const ask = async (uri: string) => {
      const params = { textDocument: { uri } };
      const { items } = await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', params);
      // other places are in the same text, which has another name here
      return JSON.stringify(items).replaceAll(uri, '');
    };
    const random = randomFrom(seed);
    const pieces = ['', '"', '{', '}', ',\n', '\r\n', '😀', 'norms', ': 1', '/* ', '// '];
    const uri = session.freshUri();
    let document = TextDocument.create(uri, 'medpeft', 1, goodSpec);
    await client.open(uri, goodSpec);
    for (let version = 2; version < 2 + count / 3; version++) {
      const from = random(document.getText().length);
      const range = { start: document.positionAt(from), end: document.positionAt(from + random(9)) };
      const contentChanges = [{ range, text: pieces[random(pieces.length)]! }];
      document = TextDocument.update(document, contentChanges, version);
      await client.rpc.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
      const fresh = await session.open(document.getText());
      expect(await ask(uri)).toEqual(await ask(fresh.uri));
      await client.close(fresh.uri);
    }
  });
});
