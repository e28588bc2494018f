// A newcomer opens the demo in a fresh profile, runs it to its end and looks at what came out. Takes minutes: played only when named.
import assert from 'node:assert/strict';

const methods = ['layernorm', 'attention', 'ffn', 'lora', 'full'];
const rowOf = (panel, method) => panel.locator('tr[data-run]', { hasText: method });
const inState = (panel, method, state, timeout) =>
  rowOf(panel, method).locator('td', { hasText: state }).waitFor({ timeout });

/** Shows every theme and leaves the dark one. */
async function inEveryTheme({ ui, shot }, selector, name) {
  for (const [theme, mark] of [
    ['Light Modern', 'vscode-light'],
    ['Dark High Contrast', 'vscode-high-contrast'],
    ['Light High Contrast', 'vscode-high-contrast-light'],
    ['Dark Modern', 'vscode-dark'],
  ]) {
    await ui.theme(theme);
    await (await ui.panel(selector)).locator(`body.${mark}`).waitFor();
    await shot(`${name} ${theme}`);
  }
}

export const demo = {
  name: 'demo',
  long: true,
  workspace: 'examples/vqa-rad',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, shot, ui, page }) {
    await step('the demo opens without a problem', async () => {
      await ui.ready('compare.medpeft.json');
      await ui.open('compare.medpeft.json');
      await ui.codeLens('Run').first().waitFor();
      assert.equal(await ui.squiggle('error').count(), 0);
      assert.equal(await ui.squiggle('warning').count(), 0);
    });
    await step('it runs, with live curves', async () => {
      await ui.codeLens('Run').first().click();
      const panel = await ui.panel('.charts');
      await inState(panel, 'layernorm', 'running');
      await panel.locator('.chart canvas').nth(1).waitFor();
    });
    await step('it goes on over a reload of the window', async () => {
      await ui.remembered(/medpeft\.live.*smoothing/s);
      await page.reload();
      await ui.ready('compare.medpeft.json');
      const panel = await ui.panel('.charts');
      await inState(panel, 'attention', 'running');
      await ui.statusBar('attention').waitFor();
    });
    await step('two runs are compared in mid-run, in every theme', async () => {
      const panel = await ui.panel('.charts');
      await inState(panel, 'layernorm', 'finished');
      await panel.locator('.chart canvas').nth(1).waitFor();
      await ui.showRuns();
      await ui.runsRow('attention').filter({ hasText: '%' }).waitFor();
      await inEveryTheme({ ui, shot }, '.charts', 'mid-run');
    });
    await step('it comes to its end', async () => {
      const panel = await ui.panel('.charts');
      for (const method of methods) await inState(panel, method, 'finished', 240_000);
      await inEveryTheme({ ui, shot }, '.charts', 'end');
    });
    await ui.closeAllEditors();
    await step('the results compare the methods with the base', async () => {
      await ui.command('View: Show Explorer');
      await ui.open('compare.medpeft.json');
      await ui.command('MedPEFT: Show Results');
      const panel = await ui.panel('.comparison');
      for (const method of ['constant answer', 'base', ...methods])
        await panel.locator('.comparison tbody tr', { hasText: method }).first().waitFor();
      await inEveryTheme({ ui, shot }, '.comparison', 'results');
    });
    await step('a method opens its items', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('.comparison tr.method', { hasText: 'full' }).locator('th button').click();
      await panel.locator('.items-view .summary', { hasText: '119 of 119 items' }).waitFor();
      await panel.locator('.item').first().click();
      await panel.waitForFunction(() => document.querySelector('.details img')?.naturalWidth > 0);
      await inEveryTheme({ ui, shot }, '.details', 'items');
    });
    await step('the results fit into a narrow window', async () => {
      await page.setViewportSize({ width: 1000, height: 800 });
      const panel = await ui.panel('.comparison');
      await panel.locator('.comparison').scrollIntoViewIfNeeded();
      const box = panel.locator('.scroll').first();
      const [inner, outer] = await box.evaluate((one) => [one.scrollWidth, one.clientWidth]);
      assert.ok(inner <= outer, `${inner} pixels of table in ${outer}`);
    });
  },
};
