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
    const hint = (line, text) => ui.editorLine(line).locator('span', { hasText: text }).first().waitFor();
    await step('hints say how many items each split has', async () => {
      await hint('"train"', '477 items');
      await hint('"validation"', '119 held out');
    });
    await step('hovering a group tells what it means', async () => {
      await ui.explain(ui.editorLine('"norms"').first().locator('span', { hasText: 'norms' }).last(), 'layernorm');
    });
    await step('hints say what the plan says of methods', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+End');
      await hint('"methods"', '6 runs');
      await hint('"layernorm"', '7,168 (0.272 %)');
      await hint('"num_epochs"', 'steps');
    });
    await step('each method has its lens, the spec one to compare', async () => {
      await ui.codeLens('Run').nth(5).waitFor();
      await page.keyboard.press('Control+Home');
      await ui.codeLens('Compare').first().waitFor();
      await page.keyboard.press('Control+End');
    });
    await step('completion knows the names of the spec', async () => {
      await ui.editorLine('"reference"').first().locator('span', { hasText: 'base' }).last().click();
      await page.keyboard.press('Control+ArrowLeft'); // before the word: all names, not those that begin like it
      await page.keyboard.press('Control+Space');
      await ui.suggestion('attention').first().waitFor();
      await page.keyboard.press('Escape');
    });
    await step('a group is renamed wherever it is named', async () => {
      await ui.editorLine('"layernorm"').first().locator('span', { hasText: 'norms' }).last().click();
      await page.keyboard.press('F2');
      await ui.renameInput().fill('layer_norms');
      await page.keyboard.press('Enter');
      await ui.editorLine('"*": "layer_norms"').first().waitFor();
      await page.keyboard.press('Control+Home');
      await ui.editorLine('"layer_norms": { "kind"').first().waitFor();
      await page.keyboard.press('Control+End');
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
