/** Runs a tiny experiment from the command to its results, as a user would. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../client/extension';
import { activated, file, opened, until } from './host';

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const webviewTab = (title: string) =>
  tabs().find((tab) => tab.input instanceof vscode.TabInputWebview && tab.label.startsWith(title));

suite('running', () => {
  let api: Api;
  const spec = file('tiny.medpeft.json');
  const states = () =>
    api.services.runs.ofSpec(spec.fsPath).map(({ manifest, state }) => `${manifest.method} ${state}`);

  suiteSetup(async () => {
    api = await activated();
  });

  test('the command runs every method to the end', async () => {
    await vscode.commands.executeCommand('medpeft.run', spec);
    await until('three finished runs', () => states().filter((state) => state.endsWith('finished')).length === 3, {
      seen: states,
    });
    for (const { folder, result } of api.services.runs.ofSpec(spec.fsPath)) {
      assert.ok(existsSync(path.join(folder, 'result.json')), folder);
      assert.equal(result?.metrics['rad/test']?.exact_match?.n, 16);
    }
  });

  test('the live panel opened beside the editor', async () => {
    await until('the live panel', () => webviewTab('Live'), { seen: () => tabs().map(({ label }) => label) });
  });

  test('the results view opens', async () => {
    await vscode.commands.executeCommand('medpeft.showResults', spec);
    await until('the results view', () => webviewTab('Results'), { seen: () => tabs().map(({ label }) => label) });
  });

  test('the Test Explorer has the runs with their expectations, and running them reports passed and failed', async () => {
    const { tests } = api;
    await tests.resolveHandler!(undefined);
    const suiteItem = [...tests.items].map(([, item]) => item).find(({ uri }) => uri?.fsPath === spec.fsPath);
    assert.ok(suiteItem, 'the spec is a suite');
    await tests.resolveHandler!(suiteItem);
    const runs = [...suiteItem.children].map(([, item]) => item);
    assert.deepEqual(
      runs.map(({ label, children }) => [label.split(/[ ,·]/)[0], children.size]),
      [
        ['base', 0],
        ['layernorm', 1],
        ['lora', 1],
      ],
    );
    const reported: string[] = [];
    const create = tests.createTestRun;
    tests.createTestRun = (...given) => {
      const run = create.apply(tests, given);
      const note = (verdict: string, item: vscode.TestItem) => reported.push(`${verdict} ${item.label}`);
      return new Proxy(run, {
        get(target, key) {
          if (key === 'passed' || key === 'failed' || key === 'errored')
            return (item: vscode.TestItem, ...rest: never[]) => {
              note(key, item);
              return (target[key] as (...all: unknown[]) => void)(item, ...rest);
            };
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    try {
      await opened('tiny.medpeft.json');
      await vscode.commands.executeCommand('testing.runCurrentFile');
      await until(
        'both expectations',
        () => {
          const verdicts = reported.filter((line) => line.includes('exact_match')).map((line) => line.split(' ')[0]);
          return verdicts.includes('passed') && verdicts.includes('failed');
        },
        { seen: () => reported },
      );
    } finally {
      tests.createTestRun = create;
    }
  });
});
