// A person opens a spec with mistakes and is helped out of them.
export const editing = {
  name: 'editing',
  async play({ step, ui, page }) {
    await step('the workbench opens', () => ui.ready('tiny.medpeft.json'));
    await step('a spec opens as a MedPEFT experiment', async () => {
      await ui.open('broken.medpeft.json');
      await ui.languageOfEditor('MedPEFT').waitFor();
    });
    await step('mistakes are underlined', async () => {
      await ui.squiggle('error').nth(1).waitFor();
    });
    await step('hovering a mistake explains it with its code', async () => {
      await ui.explain(
        ui.editorLine('batch_sizes').first().locator('span', { hasText: 'batch_sizes' }).last(),
        'MP1002',
      );
    });
    await step('a quick fix is offered', async () => {
      await page.keyboard.press('Escape'); // the explanation goes: it may lie over the word
      await ui.hover('MP1002').first().waitFor({ state: 'hidden' });
      await ui.editorLine('batch_sizes').first().locator('span', { hasText: 'batch_sizes' }).last().click();
      await ui.quickFix('batch_size');
    });
    await step('the quick fix corrects the key', async () => {
      await page.keyboard.press('Enter');
      await ui.editorLine('"batch_size"').first().waitFor();
      await ui.editorLine('"batch_sizes"').first().waitFor({ state: 'detached' });
    });
    await step('completion knows the methods settings', async () => {
      await ui.cursorTo('"training"');
      await page.keyboard.press('End');
      for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowLeft');
      await page.keyboard.type(', "');
      await page.keyboard.press('Control+Space');
      await ui.suggestion('num_epochs').first().waitFor();
    });
  },
};
