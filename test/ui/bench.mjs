// A person runs experiments, watches them, and looks at what came out.
import assert from 'node:assert/strict';

/** The number of steps that the live panel shows for a method. */
async function stepOf(panel, method) {
  const text = await panel.locator('tr[data-run]', { hasText: method }).locator('td', { hasText: ' of ' }).innerText();
  return Number(/(\d+) of/.exec(text)[1]);
}

/** Waits until a method has done more than this many steps. */
async function beyond(panel, method, steps) {
  await panel.waitForFunction(
    ([name, least]) => {
      const row = [...document.querySelectorAll('tr[data-run]')].find((one) => one.textContent.includes(name));
      return Number(/(\d+) of/.exec(row?.textContent ?? '')?.[1] ?? 0) > least;
    },
    [method, steps],
  );
}

/** Waits until the first chart is drawn differently from now. */
async function redrawn(panel) {
  const canvas = panel.locator('.chart canvas').first();
  await canvas.waitFor();
  const before = await canvas.evaluate((one) => one.toDataURL());
  await panel.waitForFunction((url) => document.querySelector('.chart canvas')?.toDataURL() !== url, before);
}

const rowOf = (panel, method) => panel.locator('tr[data-run]', { hasText: method });

export const bench = {
  name: 'bench',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, ui, page }) {
    await step('the workbench opens', () => ui.ready('tiny.medpeft.json'));

    // ── a long run: curves, status bar, reload, cancel
    await step('the palette runs an experiment', async () => {
      await ui.open('long.medpeft.json');
      await ui.languageOfEditor('MedPEFT').waitFor();
      await ui.command('MedPEFT: Run Experiment');
      await rowOf(await ui.panel('.charts'), 'layernorm').waitFor();
    });
    await step('curves move while it trains', async () => {
      const panel = await ui.panel('.charts');
      await redrawn(panel);
      await beyond(panel, 'layernorm', 45); // two validations done
      await redrawn(panel);
      await panel.locator('.chart canvas').nth(1).waitFor();
    });
    await step('the status bar tells of it', () => ui.statusBar('layernorm').waitFor());
    await step('a click takes a curve away and brings it back', async () => {
      const panel = await ui.panel('.charts');
      const toggle = panel.locator('.chip', { hasText: 'layernorm' });
      await toggle.click();
      await panel.locator('.chart .empty').first().waitFor();
      await toggle.click();
      await panel.locator('.chart canvas').first().waitFor();
    });
    await step('arrow keys read the curves', async () => {
      const panel = await ui.panel('.charts');
      await panel.locator('.chart-area').first().focus();
      await page.keyboard.press('Home');
      await panel
        .locator('.readout', { hasText: /step 1(?!\d).*layernorm/s })
        .first()
        .waitFor();
      // both charts follow one cursor
      await page.keyboard.press('End');
      await panel.locator('.readout:not([hidden])', { hasText: 'layernorm' }).nth(1).waitFor();
    });
    await step('plus zooms, and the way back is offered', async () => {
      const panel = await ui.panel('.charts');
      await page.keyboard.press('+');
      await panel.locator('.chart-head button', { hasText: 'Show all' }).first().click();
      await panel.locator('.chart-head button', { hasText: 'Show all' }).first().waitFor({ state: 'hidden' });
    });
    await step('a drag zooms both axes, and that outlives new points', async () => {
      const panel = await ui.panel('.charts');
      const over = panel.locator('.chart .u-over').first();
      const box = await over.boundingBox();
      await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.8, { steps: 4 });
      await page.mouse.up();
      const back = panel.locator('.chart-head button', { hasText: 'Show all' }).first();
      await back.waitFor();
      await beyond(panel, 'layernorm', await stepOf(panel, 'layernorm'));
      assert.ok(await back.isVisible());
      await back.click();
    });
    await step('any logged quantity can be drawn, over epochs, on a logarithmic axis', async () => {
      const panel = await ui.panel('.charts');
      await panel.locator('.chart-head select').first().selectOption('training gradient_norm');
      await panel.locator('.controls select').nth(1).selectOption('epoch');
      await panel.locator('.chart-head input').first().check();
      await panel.locator('[aria-roledescription="chart"][aria-label^="training gradient_norm of"]').waitFor();
      await panel.locator('.chart canvas').nth(1).waitFor();
    });
    await step('the curves are there as numbers', async () => {
      const panel = await ui.panel('.charts');
      await panel.locator('.values summary').click();
      await panel.locator('.value-tables tbody tr').nth(5).waitFor();
    });
    let reached = 0;
    await step('reloading the window in mid-run loses nothing', async () => {
      reached = await stepOf(await ui.panel('.charts'), 'layernorm');
      await ui.remembered(/medpeft\.live.*smoothing/s);
      await page.reload();
      await ui.ready('long.medpeft.json');
      const panel = await ui.panel('.charts');
      await rowOf(panel, 'layernorm').locator('td', { hasText: 'running' }).waitFor();
      await beyond(panel, 'layernorm', reached);
      await ui.statusBar('layernorm').waitFor();
    });
    await step('cancelling stops it', async () => {
      await ui.choose('MedPEFT: Cancel Run', 'long');
      const panel = await ui.panel('.charts');
      await rowOf(panel, 'layernorm').locator('td', { hasText: 'cancelled' }).waitFor();
      await ui.statusBar('layernorm').waitFor({ state: 'detached' });
    });

    // ── a short one: code lens, finished, results
    await ui.closeAllEditors();
    await step('the code lens runs an experiment', async () => {
      await ui.open('tiny.medpeft.json');
      await ui.codeLens('Run').first().click();
      const panel = await ui.panel('.charts');
      for (const method of ['base', 'layernorm', 'lora'])
        await rowOf(panel, method).locator('td', { hasText: 'finished' }).waitFor();
    });
    await step('curves in the light theme', async () => {
      await ui.theme('Light Modern');
      await (await ui.panel('.charts')).locator('body.vscode-light').waitFor();
    });
    await step('curves in high contrast', async () => {
      await ui.theme('Dark High Contrast');
      await (await ui.panel('.charts')).locator('body.vscode-high-contrast').waitFor();
    });
    await step('the Test Explorer has turned', async () => {
      await ui.theme('Dark Modern');
      await (await ui.panel('.charts')).locator('body.vscode-dark').waitFor();
      await ui.command('Testing: Focus on Test Explorer View');
      await ui.testRow('tiny').first().click();
      await page.keyboard.press('ArrowRight');
      await ui.testRow('lora').first().waitFor();
      await ui.command('Test: Run Tests in Current File');
      await ui.testSummary('4/5').waitFor(); // one expectation is made to fail
      await ui.testState('failed').first().waitFor();
      await ui.testState('passed').first().waitFor();
      await ui.hidePanel();
    });

    // ── results
    await ui.closeAllEditors();
    await step('the results view compares the methods', async () => {
      await ui.command('View: Show Explorer');
      await ui.open('tiny.medpeft.json');
      await ui.command('MedPEFT: Show Results');
      const panel = await ui.panel('.comparison');
      for (const method of ['base', 'layernorm', 'lora', 'constant answer'])
        await panel.locator('.comparison tbody tr', { hasText: method }).first().waitFor();
    });
    await step('a column sorts it', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('th .head', { hasText: 'trainable' }).click();
      await panel.locator('th[aria-sort="descending"]', { hasText: 'trainable' }).waitFor();
      const names = await panel.locator('.comparison tbody th').allInnerTexts();
      assert.deepEqual(names.slice(0, 3), ['lora', 'layernorm', 'base']);
    });
    await step('a run opens its items', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('.comparison tr.method', { hasText: 'layernorm' }).locator('th button').click();
      await panel.locator('.item').first().waitFor();
      await panel.locator('.items-view .summary', { hasText: '16 of 16 items' }).waitFor();
    });
    await step('an item shows its image large', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('.item').nth(1).click();
      const image = panel.locator('.details img');
      await image.waitFor();
      await panel.waitForFunction(() => document.querySelector('.details img')?.naturalWidth > 0);
    });
    await step('arrow keys move through the items', async () => {
      const panel = await ui.panel('.comparison');
      const before = await panel.locator('.details').getAttribute('data-item');
      await panel.locator('.items').focus();
      await page.keyboard.press('ArrowDown');
      await panel.waitForFunction((id) => document.querySelector('.details')?.getAttribute('data-item') !== id, before);
    });
    await step('filters leave what they say', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('.control', { hasText: 'Verdict' }).locator('select').selectOption('wrong');
      await panel.locator('.control', { hasText: 'Answer type' }).locator('select').selectOption('closed');
      await panel.locator('.control', { hasText: 'Search' }).locator('input').fill('image');
      await panel.waitForFunction(() => {
        const items = [...document.querySelectorAll('.item')];
        return items.length > 0 && items.length < 16 && items.every((item) => item.textContent.includes('wrong'));
      });
      await panel.locator('.item').first().click();
      await panel.waitForFunction(() => document.querySelector('.details img')?.naturalWidth > 0);
    });
    await step('results in the light theme', async () => {
      await ui.theme('Light Modern');
      await (await ui.panel('.comparison')).locator('body.vscode-light').waitFor();
    });
    await step('results in high contrast', async () => {
      await ui.theme('Dark High Contrast');
      await (await ui.panel('.comparison')).locator('body.vscode-high-contrast').waitFor();
    });
    await step('the window reloads with the results as they were left', async () => {
      await ui.remembered(/medpeft\.results.*image/s);
      await page.reload();
      const panel = await ui.panel('.details img');
      await panel.locator('.items-view .summary', { hasText: 'of 16 items' }).waitFor();
      assert.equal(await panel.locator('.control', { hasText: 'Search' }).locator('input').inputValue(), 'image');
    });
  },
};
