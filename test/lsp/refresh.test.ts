/** Editors that can be told to ask again get what is known at once, and are told when there is more; settings are theirs to be asked for, file by file. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeLens, InlayHint } from 'vscode-languageserver/node';
import { planRuns } from '../../runner/plan';
import { createRun } from '../../runner/runs';
import { loadSpec } from '../../runner/spec';
import { server } from '../programs';
import { type Client, pulling, pushing, startClient, uriOf } from './client';
import { type Fixture, goodSpec, makeFixture } from './fixture';
import { change } from './session';

let fixture: Fixture;
let client: Client;
let waiting: { method: string; done: () => void }[] = [];
/** What the editor answers when it is asked for the settings of a file. */
const settingsOf = new Map<string, object>();

/** Settled when the server next asks the editor to ask again. */
const refreshed = (method: string) => new Promise<void>((done) => waiting.push({ method, done }));

beforeAll(async () => {
  fixture = makeFixture();
  const record = { answer: 'yes', answer_type: 'CLOSED', question: 'Is there a mass?', image_organ: 'HEAD' };
  const rest = { question_type: 'PRES', phrase_type: 'freeform' };
  const train = Array.from({ length: 10 }, (_, i) => ({ ...record, ...rest, qid: i, image_name: `${i}.jpg` }));
  writeFileSync(fixture.at('data/rad/trainset.json'), JSON.stringify(train));
  for (let i = 0; i < 10; i++) writeFileSync(fixture.at(`data/rad/images/${i}.jpg`), '');
  client = await startClient(server, {
    ...pushing,
    workspace: {
      configuration: true,
      inlayHint: { refreshSupport: true },
      codeLens: { refreshSupport: true },
    },
  });
  for (const method of ['workspace/inlayHint/refresh', 'workspace/codeLens/refresh'])
    client.rpc.onRequest(method, () => {
      for (const one of waiting.filter((entry) => entry.method === method)) one.done();
      waiting = waiting.filter((entry) => entry.method !== method);
      return null;
    });
  client.rpc.onRequest('workspace/configuration', ({ items }: { items: { scopeUri: string }[] }) =>
    items.map(({ scopeUri }) => settingsOf.get(scopeUri) ?? {}),
  );
});
afterAll(async () => {
  await client.dispose();
  fixture.dispose();
});

async function hints(uri: string): Promise<string[]> {
  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const found = await client.request<InlayHint[]>('textDocument/inlayHint', { textDocument: { uri }, range });
  return found.map(({ label }) => String(label));
}

/** Asks until the answer is complete, each time after the server has said that there is more. */
async function complete<T>(ask: () => Promise<T>, method: string, enough: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const next = refreshed(method);
    const answer = await ask();
    if (enough(answer)) return answer;
    await next;
  }
}
const hasRuns = (labels: string[]) => labels.some((label) => label.endsWith('runs'));

it('hints come when the plan is there, go with the text that they were of, and survive white space', async () => {
  const uri = uriOf(fixture.at('hints.medpeft.json'));
  await client.open(uri, goodSpec);
  expect(await hints(uri)).toEqual([]);
  const all = await complete(() => hints(uri), 'workspace/inlayHint/refresh', hasRuns);
  expect(all).toContain('3 runs');
  await client.change(uri, 2, `\n// a line more\n${goodSpec}`);
  expect(await hints(uri)).toEqual(all);
  await client.change(uri, 3, change(goodSpec, '"num_epochs": 2', '"num_epochs": 4'));
  expect(await hints(uri)).toEqual([]);
  const next = await complete(() => hints(uri), 'workspace/inlayHint/refresh', hasRuns);
  expect(next).not.toEqual(all);
  await client.close(uri);
});

it('are asked for file by file', async () => {
  const [some, none] = ['some', 'none'].map((name) => uriOf(fixture.at(`${name}.medpeft.json`))) as [string, string];
  settingsOf.set(none, { inlayHints: { runs: false, memory: 'no' } });
  for (const uri of [some, none]) await client.open(uri, goodSpec);
  const shown = await complete(() => hints(some), 'workspace/inlayHint/refresh', hasRuns);
  const rest = await complete(
    () => hints(none),
    'workspace/inlayHint/refresh',
    (labels) => labels.length > 0,
  );
  // what is no boolean counts as unset
  expect(rest).toEqual(shown.filter((label) => !label.endsWith('runs')));
  for (const uri of [some, none]) await client.close(uri);
});

it('a lens appears when a run has ended', async () => {
  const file = fixture.at('lens.medpeft.json');
  const uri = uriOf(file);
  const text = change(goodSpec, '"output_dir": "runs"', '"output_dir": "results"');
  await client.open(uri, text);
  const titles = async () =>
    (await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } })).map(
      ({ command }) => command!.title,
    );
  await complete(titles, 'workspace/codeLens/refresh', () => true);
  await complete(() => hints(uri), 'workspace/inlayHint/refresh', hasRuns);
  expect((await titles()).filter((title) => title.includes('exact_match'))).toEqual([]);

  const { runs } = await planRuns(loadSpec(file, { text }));
  const { id, modelName, taskName, outputDir } = runs.find(({ methodName }) => methodName === 'base')!;
  const folder = path.join(outputDir, id);
  const writer = await createRun(folder, {
    format: 1,
    run: id,
    created: '2026-01-01T00:00:00.000Z',
    model: modelName,
    task: taskName,
    method: 'base',
    seed: 0,
    resolved: { model: {}, task: {}, method: {}, training: {}, datasets: {} },
  });
  writer.append({ type: 'run_started', run: id, total_steps: 0, trainable: 0 });
  writer.writeResult({
    format: 1,
    run: id,
    finished: '2026-01-02T00:00:00.000Z',
    metrics: { 'rad/test': { exact_match: { value: 0.5, n: 2 } } },
    counts: { trainable: 0, added: 0, base_total: 2, percent: 0, tensors: 0 },
    steps: 0,
    seconds: 1,
  });
  writer.append({ type: 'run_finished', step: 0, seconds: 1 });
  await writer.close();
  await client.rpc.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: uriOf(path.join(folder, 'result.json')), type: 1 }],
  });
  const after = await complete(titles, 'workspace/codeLens/refresh', (all) =>
    all.some((title) => title.includes('exact_match')),
  );
  expect(after).toContain('$(check) exact_match 50.0 on 2026-01-02');
});

it('an editor that says it can be told to ask again, and then refuses, does not end the server', async () => {
  const { workspace } = pulling;
  const other = await startClient(server, {
    ...pulling,
    workspace: { ...workspace, inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } },
  });
  const uri = uriOf(fixture.at('refusing.medpeft.json'));
  const refused = new Set<string>();
  const all = new Promise<void>((resolve) => {
    for (const what of ['inlayHint', 'codeLens', 'diagnostic'])
      other.rpc.onRequest(`workspace/${what}/refresh`, () => {
        refused.add(what);
        if (refused.size === 3) resolve();
        throw new Error(`no ${what}`);
      });
  });
  await other.open(uri, goodSpec);
  const textDocument = { uri };
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  await other.request('textDocument/inlayHint', { textDocument, range });
  await all;
  expect(await other.request('textDocument/documentHighlight', { textDocument, position: range.start })).toEqual([]);
  expect(other.process.exitCode).toBeNull();
  await other.dispose();
});
