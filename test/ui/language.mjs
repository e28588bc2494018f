// The demo's spec in the editor: what its language server shows, and what it changes.
import assert from 'node:assert/strict';

export const language = {
  name: 'language',
  workspace: 'examples/vqa-rad',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, ui, page }) {
    await step('the demo spec opens without a problem', async () => {
      await ui.ready('compare.medpeft.json');
      await ui.open('compare.medpeft.json');
      await ui.codeLens('Run').first().waitFor();
      assert.equal(await ui.squiggle('error').count(), 0);
    });
    await step('hints say what the plan says: items, runs, steps', async () => {
      await ui.editorLine('"methods"').first().locator('span', { hasText: '6 runs' }).first().waitFor();
      await ui.editorLine('"train"').first().locator('span', { hasText: 'items' }).first().waitFor();
      await ui.editorLine('"layernorm"').first().locator('span', { hasText: '7,168 (0.272 %)' }).first().waitFor();
      await ui.editorLine('"num_epochs"').first().locator('span', { hasText: 'steps' }).first().waitFor();
    });
    await step('lenses run and compare', async () => {
      await ui.codeLens('Compare').first().waitFor();
    });
    await step('hovering a group tells what it means', async () => {
      await ui.editorLine('"norms"').first().locator('span', { hasText: '"norms"' }).last().hover();
      await ui.hover('layernorm').first().waitFor();
    });
    await step('completion knows the names of the spec', async () => {
      await page.keyboard.press('Escape');
      await ui.cursorTo('"reference"');
      await ui.editorLine('"reference"').first().locator('span', { hasText: '"base"' }).last().dblclick();
      await page.keyboard.press('Control+Space');
      await ui.suggestion('attention').first().waitFor();
      await page.keyboard.press('Escape');
    });
    await step('a group is renamed wherever it is named', async () => {
      await ui.editorLine('"norms": { "kind"').first().locator('span', { hasText: '"norms"' }).last().click();
      await page.keyboard.press('F2');
      await ui.renameInput().fill('layer_norms');
      await page.keyboard.press('Enter');
      await ui.editorLine('"*": "layer_norms"').first().waitFor();
      await ui.editorLine('"layer_norms": { "kind"').first().waitFor();
    });
    await step('a word of another tool has a quick fix', async () => {
      await ui.editorLine('"rank": 8').first().locator('span', { hasText: '"rank"' }).last().dblclick();
      await page.keyboard.type('lora_r');
      await ui.squiggle('error').first().waitFor();
      await ui.quickFix("Change to 'rank'");
    });
    await step('the quick fix corrects it', async () => {
      await ui.action("Change to 'rank'").first().click();
      await ui.editorLine('"rank": 8').first().waitFor();
      await ui.squiggle('error').first().waitFor({ state: 'detached' });
    });
    await step('the status of the server is beside the language', async () => {
      await ui.languageStatus().click();
      await ui.hover('Planned in').first().waitFor();
    });
  },
};
