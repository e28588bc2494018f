/** The extension in its host: activation, runs as processes of their own, cancel, resume, the Test Explorer. */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../client/extension';
import type { RunSummary } from '../../client/runs/store';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const spec = (name: string) => vscode.Uri.joinPath(folder(), name);

/** Waits for what the store tells; `what` names it when it does not come. */
function until<T>(what: string, { services: { runs } }: Api, look: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const found = look();
      if (found === undefined) return;
      listening.dispose();
      clearTimeout(timer);
      resolve(found);
    };
    const listening = runs.onDidChange(check);
    const timer = setTimeout(() => {
      listening.dispose();
      const states = runs.list().map(({ id, state }) => `${id} ${state}`);
      reject(new Error(`${what} did not come; there is ${states.join(', ') || 'no run'}`));
    }, 45_000);
    check();
  });
}

suite('running', () => {
  let api: Api;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension<Api>('medpeft.medpeft');
    assert.ok(extension, 'the extension is installed');
    await vscode.window.showTextDocument(spec('tiny.medpeft.json'));
    api = await extension.activate();
    await api.ready;
  });

  const runOf = (file: string, method: string, state: RunSummary['state']) => () =>
    api.services.runs.ofSpec(spec(file).fsPath).find((run) => run.manifest.method === method && run.state === state);

  test('has every command of package.json', async () => {
    const declared: { command: string }[] =
      vscode.extensions.getExtension('medpeft.medpeft')!.packageJSON.contributes.commands;
    const there = await vscode.commands.getCommands(true);
    assert.deepEqual(
      declared.map(({ command }) => command).filter((command) => !there.includes(command)),
      [],
    );
  });

  test('runs one method from a code lens, and shows its curves', async () => {
    const uri = spec('tiny.medpeft.json').toString();
    await vscode.commands.executeCommand('medpeft.run', { spec: uri, methods: ['layernorm'] });
    const run = await until('the finished run', api, runOf('tiny.medpeft.json', 'layernorm', 'finished'));
    assert.equal(path.dirname(run.folder), vscode.Uri.joinPath(folder(), 'runs').fsPath);
    assert.equal(run.progress.step, 40);
    assert.ok(run.result?.metrics['rad/test']?.exact_match);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(
      tabs.some((tab) => tab.input instanceof vscode.TabInputWebview),
      'a panel is open',
    );
  });

  test('cancels a run after a checkpoint, and resumes it', async () => {
    await vscode.commands.executeCommand('medpeft.run', spec('long.medpeft.json'));
    const [method] = Object.keys(
      JSON.parse(
        (await vscode.workspace.openTextDocument(spec('long.medpeft.json'))).getText().replace(/^\s*\/\/.*$/gm, ''),
      ).methods,
    ).filter((name) => name !== 'base');
    const going = () => {
      const run = runOf('long.medpeft.json', method!, 'running')();
      return run && run.progress.step > 0 ? run : undefined;
    };
    const { folder: runFolder } = await until('the running run', api, going);
    await vscode.commands.executeCommand('medpeft.cancel', { kind: 'run', folder: runFolder });
    const { progress } = await until('its end', api, runOf('long.medpeft.json', method!, 'cancelled'));
    await vscode.commands.executeCommand('medpeft.resume', { kind: 'run', folder: runFolder });
    await until('further steps', api, () => {
      const run = api.services.runs.get(runFolder);
      return run?.state === 'running' && run.progress.step > progress.step ? run : undefined;
    });
    await vscode.commands.executeCommand('medpeft.cancel', {
      kind: 'spec',
      specFile: spec('long.medpeft.json').fsPath,
    });
    await until('the second end', api, runOf('long.medpeft.json', method!, 'cancelled'));
  });

  test('the Test Explorer shows runs and expectations, and runs what is missing', async () => {
    await vscode.commands.executeCommand('testing.refreshTests');
    const suites = [...api.tests.items].map(([, item]) => item);
    const tiny = suites.find(({ label }) => label === 'tiny');
    assert.ok(tiny, suites.map(({ label }) => label).join());
    await vscode.window.showTextDocument(spec('tiny.medpeft.json'));
    await api.tests.resolveHandler!(tiny);
    const tree = [...tiny.children].map(([, run]) => [run.label, ...[...run.children].map(([, item]) => item.label)]);
    assert.deepEqual(tree, [
      ['base'],
      ['layernorm', 'exact_match on rad/test ≥ 0'],
      ['lora', 'exact_match on rad/test ≥ 1'],
    ]);
    await vscode.commands.executeCommand('testing.runCurrentFile');
    await until('the lora run', api, runOf('tiny.medpeft.json', 'lora', 'finished'));
    await until('the base run', api, runOf('tiny.medpeft.json', 'base', 'finished'));
  });
});
