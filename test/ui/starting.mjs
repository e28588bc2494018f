// A newcomer has installed the extension and has nothing else: no folder, no spec.
import assert from 'node:assert/strict';
import path from 'node:path';

export const starting = {
  name: 'starting',
  emptyWindow: true,
  settings: { 'workbench.colorTheme': 'Default Dark Modern', 'files.simpleDialog.enable': true },
  async play({ step, ui, page, workspace }) {
    await step('the Runs view says how to begin', async () => {
      await ui.workbenchReady();
      await ui.showRuns();
      await ui.welcome('begin with the demo').waitFor();
      await ui.welcome('Open the Demo').waitFor();
    });
    await step('the walkthrough leads to results', async () => {
      await ui.command('MedPEFT: Get Started');
      for (const title of [
        'Open the demo',
        'See that all is there',
        'Run the experiment',
        'Watch it train',
        'Look at the results',
      ])
        await ui.walkthroughStep(title).waitFor();
    });
    await step('the environment page finds what runs need', async () => {
      await ui.command('MedPEFT: Check Environment');
      const panel = await ui.panel('.checks');
      await panel.locator('.summary', { hasText: 'Nothing is missing' }).waitFor();
      for (const name of ['PATH', 'onnxruntime', 'sharp'])
        await panel.locator('li[data-state="ok"]', { hasText: name }).first().waitFor();
      await panel.locator('.checks summary').last().click();
      await panel.locator('details[open] pre', { hasText: 'doctor --json' }).first().waitFor();
    });
    await step('the environment page in high contrast', async () => {
      await ui.theme('Dark High Contrast');
      await (await ui.panel('.checks')).locator('body.vscode-high-contrast').waitFor();
    });
    await step('the demo opens in a folder of its own, with its spec, and nothing is wrong in it', async () => {
      await ui.command('MedPEFT: Open the Demo');
      await ui.chooseFolder(path.join(workspace.folder, path.sep));
      await ui.ready('compare.medpeft.json');
      await ui.tab('compare.medpeft.json').waitFor();
      await ui.codeLens('Run').first().waitFor();
      assert.equal(await ui.squiggle('error').count(), 0);
      assert.ok(page.url().includes('medpeft-demo'), page.url());
    });
  },
};
