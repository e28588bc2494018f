/** Stops a run that would go on for long, goes on with it, and stops its whole experiment. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../client/extension';
import type { RunSummary } from '../../client/runs/store';
import { activated, file, until } from './host';

suite('cancelling', () => {
  let api: Api;
  const spec = file('long.medpeft.json');
  const runs = () => api.services.runs.ofSpec(spec.fsPath);
  const states = () => runs().map(({ manifest, state, progress }) => `${manifest.method} ${state} ${progress.step}`);
  const inState = (state: RunSummary['state'], least = 1) =>
    until(
      `layernorm ${state} at step ${least} or later`,
      () =>
        runs().find((run) => run.manifest.method === 'layernorm' && run.state === state && run.progress.step >= least),
      {
        seen: states,
      },
    );

  suiteSetup(async () => {
    api = await activated();
  });

  test('a run stops after a checkpoint and goes on from there', async () => {
    await vscode.commands.executeCommand('medpeft.run', { spec: spec.toString(), methods: ['layernorm'] });
    const { folder } = await inState('running');
    await vscode.commands.executeCommand('medpeft.cancel', { kind: 'run', folder });
    const { progress } = await inState('cancelled');
    await vscode.commands.executeCommand('medpeft.resume', { kind: 'run', folder });
    await inState('running', progress.step + 1);
  });

  test('a second start while it goes on does not start a second process', async () => {
    await vscode.commands.executeCommand('medpeft.run', spec);
    assert.deepEqual(
      runs().map(({ manifest }) => manifest.method),
      ['layernorm'],
    );
  });

  test('stopping the experiment ends what goes on and begins nothing more', async () => {
    await vscode.commands.executeCommand('medpeft.cancel', { kind: 'spec', specFile: spec.fsPath });
    await inState('cancelled');
    assert.deepEqual(
      runs().map(({ manifest, state }) => `${manifest.method} ${state}`),
      ['layernorm cancelled'],
    );
  });
});
