// The README's pictures: from a spec to the single image. Needs the demo's finished runs; played only when named, by npm run pictures.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const demo = path.resolve(import.meta.dirname, '../../examples/vqa-rad');
const finished = path.join(demo, 'runs');
/** The method that is run before the reader's eyes; the others have their results. */
const live = 'layernorm';
const spec = 'compare.medpeft.json';

export const pictures = {
  name: 'pictures',
  long: true,
  workspace: 'examples/vqa-rad',
  settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.minimap.enabled': false },
  async play({ step, shot, ui, page, workspace }) {
    const picture = (name) => shot(`picture ${name}`);
    const themed = async (theme, mark, selector) => {
      await ui.theme(theme);
      const panel = await ui.panel(selector);
      await panel.locator(`body.${mark}`).waitFor();
      return panel;
    };
    for (const run of readdirSync(finished).filter((name) => name.includes('--') && !name.includes(`--${live}--`))) {
      cpSync(path.join(finished, run), workspace.file('runs', run), { recursive: true });
      // manifests name spec and data by their full paths
      const manifest = workspace.file('runs', run, 'manifest.json');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll(demo, workspace.folder));
    }
    const text = readFileSync(workspace.file(spec), 'utf8');
    writeFileSync(workspace.file(spec), text.replace('"num_epochs"', '"num_epoch"'));

    await step('a mistake is explained', async () => {
      await ui.ready(spec);
      await ui.open(spec);
      await ui.cursorTo('"version"');
      await page.keyboard.press('Control+End');
      await ui.squiggle('error').first().waitFor();
      const word = ui.editorLine('num_epoch').first().locator('span', { hasText: 'num_epoch' }).last();
      await ui.explain(word, 'MP1002');
      await picture('mistake');
      await page.keyboard.press('Escape');
      await word.click();
      await ui.quickFix('num_epochs');
      await page.keyboard.press('Enter');
      await ui.squiggle('error').first().waitFor({ state: 'detached' });
      await page.keyboard.press('Control+S');
    });
    await step('the spec says what it comes to', async () => {
      await ui
        .editorLine(/281\s+steps/)
        .first()
        .waitFor();
      await ui.codeLens('Run').first().waitFor();
      await page.mouse.move(0, 0);
      await picture('spec');
    });
    await step('curves are drawn while it trains', async () => {
      await ui.command('MedPEFT: Run Experiment');
      await page.keyboard.press('Control+B'); // the whole width for the curves
      await page.mouse.move(200, 20); // nothing that explains itself lies there
      const panel = await ui.panel('.charts');
      const run = panel.locator('tr[data-run]', { hasText: live });
      await run.locator('td', { hasText: /1\d\d of 281/ }).waitFor({ timeout: 300_000 });
      await panel.locator('.chip', { hasText: 'full' }).waitFor();
      await picture('live');
      await run.locator('td', { hasText: 'finished' }).waitFor({ timeout: 600_000 });
    });
    await ui.closeAllEditors();
    await step('the table compares the methods', async () => {
      await page.keyboard.press('Control+B');
      await ui.open(spec);
      await ui.command('MedPEFT: Show Results');
      await page.keyboard.press('Control+B');
      await (await ui.panel('.comparison')).locator('.comparison tr.method', { hasText: live }).waitFor();
      await themed('Light Modern', 'vscode-light', '.comparison');
      await picture('results');
    });
    await step('two runs are compared', async () => {
      const panel = await ui.panel('.comparison');
      for (const name of ['base', 'full'])
        await panel.locator(`.comparison tbody tr:has(th:has-text("${name}"))`).first().locator('input').check();
      await panel.locator('.compared-metrics td', { hasText: 'p ' }).first().waitFor();
      await panel.locator('.compared-metrics').scrollIntoViewIfNeeded();
      await picture('compare');
    });
    await step('an item that changed sides is opened', async () => {
      const panel = await ui.panel('.items-view');
      await panel.locator('.control', { hasText: 'Verdict' }).first().locator('select').selectOption('changed');
      await panel.locator('.item[data-changed]').first().click();
      await panel.waitForFunction(() => document.querySelector('.details img')?.naturalWidth > 0);
      await panel.locator('.items-view .summary').evaluate((one) => one.scrollIntoView({ block: 'start' }));
      await picture('item');
    });
    await step('the same in high contrast', async () => {
      await themed('Dark High Contrast', 'vscode-high-contrast', '.items-view');
      await (await ui.panel('.items-view'))
        .locator('.items-view .summary')
        .evaluate((one) => one.scrollIntoView({ block: 'start' }));
      await picture('item-high-contrast');
    });
  },
};
