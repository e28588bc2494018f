// The golden corpus of test/unit/spec/corpus.test.ts, asked of the server: editor and command line must say the same of it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';
import { checkSpec, loadSpec } from '../../runner/spec';
import { uriOf } from './client';
import { useServer } from './session';

const root = path.resolve(import.meta.dirname, '../fixtures/specs');
const specs = ['good', 'bad'].flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => [folder, name]));
const severities = { error: 1, warning: 2, information: 3, hint: 4 };

describe('the corpus', () => {
  const session = useServer({ textDocument: { diagnostic: {} } });

  const ask = async (file: string) => {
    const uri = uriOf(file);
    await session.client.open(uri, readFileSync(file, 'utf8'));
    const { items } = await session.client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument: { uri },
    });
    return { uri, items };
  };

  it.each(specs)('%s/%s has the same problems in the editor and on the command line', async (folder, name) => {
    const file = path.join(root, folder!, name!);
    const { items } = await ask(file);
    const told = await checkSpec(loadSpec(file));
    expect(items.map(({ code, severity, range, message }) => ({ code, severity, range, message }))).toEqual(
      told.map(({ code, severity, range, message, hint }) => {
        return { code, severity: severities[severity], range, message: hint ? `${message}\n${hint}` : message };
      }),
    );
  });

  it('shows the other place of what stands twice, and calls problems what the settings say', async () => {
    const { uri, items } = await ask(path.join(root, 'bad/pointless.medpeft.json'));
    const twins = items.filter(({ code }) => code === 'MP1112');
    const lines = readFileSync(path.join(root, 'bad/pointless.medpeft.json'), 'utf8').split('\n');
    const marked = twins.map(({ relatedInformation: [other] = [] }) => {
      const { start, end } = other!.location.range;
      expect(other!.location.uri).toBe(uri);
      return lines[start.line]!.slice(start.character, end.character);
    });
    expect(marked).toEqual(['tiny', 'vqa', 'own']);

    await session.client.rpc.sendNotification('workspace/didChangeConfiguration', {
      settings: { medpeft: { severity: { MP1112: 'off', MP1111: 'error', MP9999: 'off', MP1101: 'loud' } } },
    });
    const after = await session.client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument: { uri },
    });
    expect(new Set(after.items.map(({ code, severity }) => `${code} ${severity}`))).toEqual(new Set(['MP1111 1']));
  });
});
