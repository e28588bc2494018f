/** A folder that does not answer: a named pipe stands for a file on a network drive that hangs. Whoever opens it waits until somebody writes into it. */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CompletionList, Diagnostic, Hover, MarkupContent } from 'vscode-languageserver/node';
import { uriOf } from './client';
import { goodSpec } from './fixture';
import { change, useServer } from './session';

const session = useServer();

// Windows has no such pipes.
describe.runIf(process.platform !== 'win32')('a model folder that hangs', () => {
  it('keeps nobody from typing, says that facts are being read, and is shown once it answers', async () => {
    const { client, fixture } = session;
    const config = fixture.at('models/tiny/config.json');
    renameSync(config, `${config}.kept`);
    execFileSync('mkfifo', [config]);
    try {
      const document = await session.open(goodSpec);
      const { uri } = document;
      const ask = <R>(method: string, place: string, offset: number) =>
        client.request<R>(method, {
          textDocument: { uri },
          position: document.positionAt(goodSpec.indexOf(place) + offset),
        });
      const meaning = async () =>
        ((await ask<Hover>('textDocument/hover', '"norms": {', 3)).contents as MarkupContent).value;
      // the thread is now waiting for the pipe
      expect(await meaning()).toContain('still being read');
      const { items } = await ask<CompletionList>('textDocument/completion', '"base" }', 1);
      expect(items.map(({ label }) => label)).toContain('layernorm');
      const marked = client.pushed(uri, (found: Diagnostic[]) => found.some(({ code }) => code === 'MP1002'));
      await client.change(uri, 2, change(goodSpec, '"num_epochs"', '"num_epoch"'));
      expect((await marked).map(({ code }) => code)).toEqual(['MP1002']);
      await client.change(uri, 3, goodSpec);

      const told = client.pushed(uri, (found: Diagnostic[]) => found.some(({ code }) => code === 'MP3005'));
      writeFileSync(config, '{ "model_type": "no such class" }');
      rmSync(config);
      writeFileSync(config, '{ "model_type": "no such class" }');
      await client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uriOf(config), type: 2 }],
      });
      expect((await told).map(({ code }) => code)).toContain('MP3005');
      expect(await meaning()).not.toContain('still being read');
    } finally {
      rmSync(config, { force: true });
      renameSync(`${config}.kept`, config);
    }
  });
});

describe.runIf(process.platform !== 'win32')('a spec that is extended and hangs', () => {
  it('keeps nobody from typing, lets no name be unknown meanwhile, and is merged once it answers', async () => {
    const { client, fixture } = session;
    const base = fixture.at('base.medpeft.json');
    execFileSync('mkfifo', [base]);
    try {
      const own =
        '{ "version": 1, "extends": "base.medpeft.json", "methods": { "mine": { "components": { "*": "norms" }, "learning_rat": 0.1 } } }';
      const document = await session.open(own);
      const { uri } = document;
      const at = (place: string, offset: number) => ({
        textDocument: { uri },
        position: document.positionAt(own.indexOf(place) + offset),
      });
      const keys = await client.request<CompletionList>('textDocument/completion', at('"learning_rat"', 3));
      expect(keys.items.map(({ label }) => label)).toContain('learning_rate');
      const marked = client.pushed(uri, (found: Diagnostic[]) => found.length > 0);
      await client.change(uri, 2, own.replace('0.1', '0.2'));
      expect((await marked).map(({ code }) => code)).toEqual(['MP1002']);

      const told = client.pushed(uri, (found: Diagnostic[]) => found.some(({ code }) => code === 'MP1101'));
      const text = goodSpec.replace('"norms": {', '"others": {');
      writeFileSync(base, text);
      rmSync(base);
      writeFileSync(base, text);
      await client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: uriOf(base), type: 2 }],
      });
      expect((await told).map(({ message }) => message).join('\n')).toContain('"norms"');
      const names = await client.request<CompletionList>('textDocument/completion', at('"norms"', 1));
      expect(names.items.map(({ label }) => label)).toContain('others');
    } finally {
      rmSync(base, { force: true });
    }
  });
});
