// A person lets runs wait for each other, finds one that was started in a terminal, loses one and goes on with it, and throws one away.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

export const managing = {
  name: 'managing',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, ui, workspace }) {
    const runsOf = (method) => readdirSync(workspace.file('runs')).filter((name) => name.includes(`--${method}--`));
    let terminal;

    await step('a run goes on', async () => {
      await ui.ready('tiny.medpeft.json');
      await ui.open('long.medpeft.json');
      await ui.languageOfEditor('MedPEFT').waitFor();
      await ui.command('MedPEFT: Run Experiment');
      await ui.showRuns();
      await ui.runsRow('layernorm').filter({ hasText: '%' }).waitFor();
    });
    await step('a second start waits in the queue', async () => {
      await ui.command('View: Show Explorer');
      await ui.open('tiny.medpeft.json');
      await ui.editorLine('lora4').first().waitFor();
      await ui.runMethod('lora');
      await ui.showRuns();
      await ui.runsRow('waits, 1 of 1 in the queue').waitFor();
    });
    await step('when the first is stopped, the second begins', async () => {
      await ui.choose('MedPEFT: Cancel Run', 'long');
      await ui.runsRow('lora').filter({ hasText: 'finished' }).waitFor();
      await ui.runsRow('waits').waitFor({ state: 'detached' });
    });
    await step('what it trained is evaluated again', async () => {
      await ui.choose('MedPEFT: Evaluate Run On', 'lora');
      await ui.pick('its own task');
      await ui.tab('.log').waitFor();
      await ui.editorLine('exact_match').first().waitFor();
    });
    await step('a run from a terminal is found', async () => {
      const args = [cli, 'run', workspace.file('long.medpeft.json'), '--method=layernorm'];
      terminal = spawn(process.execPath, args, { stdio: 'ignore', detached: true });
      await ui.runsRow('layernorm').filter({ hasText: 'last event' }).waitFor();
      await ui.statusBar('layernorm').waitFor();
    });
    await step('a run whose process is killed is interrupted, not running for ever', async () => {
      process.kill(-terminal.pid, 'SIGKILL'); // the whole group, as when a machine goes down
      await ui.runsRow('layernorm').filter({ hasText: 'interrupted' }).waitFor();
    });
    await step('it goes on from its checkpoint', async () => {
      await ui.command('MedPEFT: Resume Run');
      await ui.runsRow('layernorm').filter({ hasText: 'last event' }).waitFor();
      await ui.choose('MedPEFT: Cancel Run', 'only this run');
      await ui.runsRow('layernorm').filter({ hasText: 'cancelled' }).waitFor();
    });
    await step('a spec that was renamed keeps its runs', async () => {
      renameSync(workspace.file('long.medpeft.json'), workspace.file('renamed.medpeft.json'));
      await ui.command('View: Show Explorer');
      await ui.open('renamed.medpeft.json');
      await ui.editorLine('"long"').first().waitFor();
      await ui.command('MedPEFT: Show Live Curves');
      const panel = await ui.panel('tr[data-run*="--layernorm--"]');
      await panel.locator('h1', { hasText: 'renamed.medpeft.json' }).waitFor();
      await ui.showRuns();
    });
    await step('a run is thrown away after a question', async () => {
      const before = runsOf('lora').length;
      await ui.choose('MedPEFT: Delete Run', 'lora');
      await ui.dialogButton('Delete').click();
      await ui.dialogButton('Delete Permanently').click(); // there is no trash on this disk
      await ui.runsRow('lora').waitFor({ state: 'detached' });
      assert.equal(runsOf('lora').length, before - 1);
    });
  },
};
