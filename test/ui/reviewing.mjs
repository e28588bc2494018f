// A person decides which method wins, and why: from the table to the single answer, and to the expectation that does not hold.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { niftiVolume } from '../volume.mjs';
import { patience } from './workbench.mjs';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** Two of the test images become what no page can draw: a DICOM file of three frames, and a volume. */
function addMedicalImages(workspace) {
  const dicom = path.resolve(import.meta.dirname, '../fixtures/dicom/frames.dcm');
  copyFileSync(dicom, workspace.file('data/images/frames.dcm'));
  const ball = (x, y, z) => Math.max(0, 1000 - 6 * ((x - 23) ** 2 + (y - 31) ** 2 + 4 * (z - 8) ** 2));
  writeFileSync(workspace.file('data/images/ball.nii'), niftiVolume([48, 64, 16], ball));
  const file = workspace.file('data/testset.json');
  const records = JSON.parse(readFileSync(file, 'utf8'));
  records.find(({ qid }) => qid === 2772).image_name = 'frames.dcm';
  records.find(({ qid }) => qid === 2925).image_name = 'ball.nii';
  writeFileSync(file, JSON.stringify(records, null, 2));
}

export const reviewing = {
  name: 'reviewing',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, ui, page, workspace }) {
    const run = (...words) => spawnSync(process.execPath, [cli, ...words], { encoding: 'utf8' });
    addMedicalImages(workspace);
    run('run', workspace.file('tiny.medpeft.json')); // one of its expectations is made to fail
    const runsDir = workspace.file('runs');
    const rows = (panel) => panel.locator('.comparison tbody:not(.baselines) tr:not(.group) th').allInnerTexts();
    const control = (panel, label) => panel.locator('.control', { hasText: label }).first();

    await step('the table says what the command line prints', async () => {
      await ui.ready('tiny.medpeft.json');
      await ui.open('tiny.medpeft.json');
      await ui.command('MedPEFT: Show Results');
      const panel = await ui.panel('.comparison');
      await panel.locator('.comparison tr.method', { hasText: 'lora' }).first().waitFor();
      const markdown = workspace.file('table.md');
      assert.equal(run('compare', runsDir, '--markdown', markdown).status, 0);
      const printed = readFileSync(markdown, 'utf8').replaceAll('\\', '');
      const cells = await panel.locator('.comparison tbody td:not(.marks)').allInnerTexts();
      assert.ok(cells.length > 20);
      for (const cell of cells) assert.ok(printed.includes(cell.replace(/\s+/g, ' ')), cell);
    });
    await step('it is sorted, and baselines stay in sight', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('th .head', { hasText: 'trainable' }).click();
      await panel.locator('th[aria-sort="descending"]', { hasText: 'trainable' }).waitFor();
      assert.deepEqual(
        (await rows(panel)).map((name) => name.split(' ')[0]),
        ['lora', 'layernorm', 'base'],
      );
      await panel.locator('.baselines tr', { hasText: 'constant answer' }).waitFor();
    });
    await step('it is grouped by a setting', async () => {
      const panel = await ui.panel('.comparison');
      const select = control(panel, 'Group by').locator('select');
      await select.selectOption('method.learning_rate');
      await panel.locator('tr.group', { hasText: 'learning_rate: 0.05' }).waitFor();
      assert.equal(await panel.locator('tr.group').count(), 3);
    });
    await step('settings that differ are columns, and columns can be hidden', async () => {
      const panel = await ui.panel('.comparison');
      await control(panel, 'Group by').locator('select').selectOption('');
      await control(panel, 'Settings that differ').locator('input').check();
      await panel.locator('th .head', { hasText: 'rank' }).first().waitFor();
      await control(panel, 'Settings that differ').locator('input').uncheck();
      await panel.locator('.columns summary').click();
      await panel.locator('.columns label', { hasText: 'time' }).locator('input').uncheck();
      await panel.locator('.comparison th[data-column="time"]').waitFor({ state: 'detached' });
      await panel.locator('.columns summary').click();
    });
    await step('differences are against the method that is chosen', async () => {
      const panel = await ui.panel('.comparison');
      await control(panel, 'Difference to').locator('select').selectOption('layernorm');
      await panel.locator('th .head', { hasText: 'against layernorm' }).waitFor();
    });
    await step('a star is kept in the run folder', async () => {
      const panel = await ui.panel('.comparison');
      await panel.locator('tr.method', { hasText: 'lora' }).first().locator('.star').click();
      await panel.locator('.star[aria-pressed="true"]').waitFor();
      const lora = readdirSync(runsDir).find((name) => name.includes('--lora--'));
      assert.equal(JSON.parse(readFileSync(path.join(runsDir, lora, 'notes.json'), 'utf8')).starred, true);
    });
    await step('scores are drawn against time', async () => {
      const panel = await ui.panel('.comparison');
      await control(panel, 'Score against').locator('select').selectOption('time');
      await panel.locator('.scatter svg[aria-label*="against time"]').waitFor();
      await panel.locator('.scatter circle').nth(1).waitFor();
      await panel.locator('.scatter').scrollIntoViewIfNeeded();
    });
    await step('two runs are compared', async () => {
      const panel = await ui.panel('.comparison');
      for (const name of ['base', 'lora'])
        await panel.locator(`.comparison tbody tr:has(th:has-text("${name}"))`).first().locator('input').check();
      await panel.locator('.compared-metrics td', { hasText: 'p ' }).first().waitFor();
      await panel.locator('.compared-settings', { hasText: 'settings differ' }).waitFor();
    });
    await step('the items that changed sides are found', async () => {
      const panel = await ui.panel('.items-view');
      const all = await panel.locator('.items-view .summary').first().innerText();
      const changed = Number(/(\d+) changed sides/.exec(all)[1]);
      assert.ok(changed > 0, all);
      await control(panel, 'Verdict').locator('select').selectOption('changed');
      await panel.locator('.items-view .summary', { hasText: `${changed} of 16 items` }).waitFor();
      assert.equal(await panel.locator('.item[data-changed]').count(), changed);
    });
    await step('one is opened with its image and both answers', async () => {
      const panel = await ui.panel('.items-view');
      await panel.locator('.item:has(img)').first().click();
      await panel.waitForFunction(() => document.querySelector('.details img')?.naturalWidth > 0);
      assert.equal(await panel.locator('.details .answer').count(), 2);
    });
    await step('its image is zoomed by keys', async () => {
      const panel = await ui.panel('.items-view');
      await panel.locator('.image-frame').focus();
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await panel.locator('.image output', { hasText: '156 %' }).waitFor();
      await page.keyboard.press('0');
      await panel.locator('.image output', { hasText: '100 %' }).waitFor();
    });
    const openItem = async (panel, id, words) => {
      await control(panel, 'Search').locator('input').fill(words);
      await panel.locator('.item').first().click();
      await panel.locator(`.details[data-item="${id}"] canvas`).waitFor();
    };
    /** Grey of the picture's middle, 0 to 255, once it is not what it was. */
    const middle = async (panel, before = -1) => {
      const read = (other) => {
        const canvas = document.querySelector('.details canvas');
        const [grey] = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
        return grey === other ? undefined : { grey, size: [canvas.width, canvas.height] };
      };
      return (await panel.waitForFunction(read, before)).jsonValue();
    };
    const slide = (panel, name, value) => panel.locator(`.choices [data-choice="${name}"]`).fill(String(value));
    await step('a DICOM image has frames and a window', async () => {
      const panel = await ui.panel('.items-view');
      await control(panel, 'Verdict').locator('select').selectOption('all');
      await openItem(panel, '2772', 'what modality is this image taken');
      assert.deepEqual((await middle(panel)).size, [36, 40]);
      await panel.locator('.image-frame').focus();
      await page.keyboard.press('PageDown');
      await panel.locator('.choices output', { hasText: '2 of 3' }).waitFor();
      const { grey: before } = await middle(panel);
      await slide(panel, 'level', 60_000);
      const { grey: darker } = await middle(panel, before);
      await slide(panel, 'width', 100_000);
      const { grey: wider } = await middle(panel, darker);
      assert.ok(darker < before && wider > darker, `${before}, ${darker}, ${wider}`);
    });
    await step('a volume has slices along three planes', async () => {
      const panel = await ui.panel('.items-view');
      await openItem(panel, '2925', 'what organ is this image of');
      const { grey, size } = await middle(panel);
      assert.deepEqual([grey, size], [255, [48, 64]]);
      await slide(panel, 'slice', 12);
      await panel.locator('.choices output', { hasText: '12 of 15' }).waitFor();
      assert.ok((await middle(panel, 255)).grey < 255, 'away from its middle the ball is darker');
      await panel.locator('.choices select').selectOption('coronal');
      await panel.waitForFunction(() => document.querySelector('.details canvas').height === 16);
      await panel.locator('.choices output', { hasText: '32 of 63' }).waitFor();
    });
    await step('the items that changed sides are listed again', async () => {
      const panel = await ui.panel('.items-view');
      await control(panel, 'Search').locator('input').fill('');
      await control(panel, 'Verdict').locator('select').selectOption('changed');
      await panel.locator('.item:has(img)').first().click();
      await panel.locator('.details img').waitFor();
    });
    await step('it is flagged and noted, in the run folder and in nothing else', async () => {
      const panel = await ui.panel('.items-view');
      const answer = panel.locator('.details .answer', { hasText: 'lora' });
      await answer.locator('.flag').click();
      await answer.locator('textarea').fill('a second look');
      await answer.locator('.flag').focus(); // leaves the field
      await panel.locator('.item', { hasText: '⚑' }).waitFor();
      const lora = readdirSync(runsDir).find((name) => name.includes('--lora--'));
      const noted = () => JSON.parse(readFileSync(path.join(runsDir, lora, 'notes.json'), 'utf8')).items;
      const end = Date.now() + patience;
      while (!JSON.stringify(noted() ?? {}).includes('a second look') && Date.now() < end)
        await page.waitForTimeout(100);
      const [note] = Object.values(noted()['test-rad-test']);
      assert.deepEqual(note, { flagged: true, text: 'a second look' });
    });
    for (const [kind, name, expected] of [
      ['latex', 'comparison.tex', '\\toprule'],
      ['csv', 'comparison.csv', 'model,task,row'],
      ['notes', 'notes.csv', 'a second look'],
    ])
      await step(`${kind} is exported`, async () => {
        const panel = await ui.panel('.comparison');
        await control(panel, 'Export as').locator('select').selectOption(kind);
        await panel.locator('button', { hasText: 'Save…' }).click();
        const file = workspace.file(name);
        await ui.saveAs(file);
        await ui.tab(name).waitFor();
        assert.ok(readFileSync(file, 'utf8').includes(expected));
        await ui.command('View: Close Editor');
      });
    await step('an item leads to its record', async () => {
      const panel = await ui.panel('.items-view');
      await panel.locator('button.record').click();
      await ui.tab('testset.json').waitFor();
      await ui.editorLine('qid').first().waitFor();
      await ui.command('View: Close Editor');
    });
    for (const [theme, mark] of [
      ['Light Modern', 'vscode-light'],
      ['Dark High Contrast', 'vscode-high-contrast'],
      ['Dark Modern', 'vscode-dark'],
    ])
      await step(`the comparison in ${theme}`, async () => {
        await ui.theme(theme);
        const panel = await ui.panel('.items-view');
        await panel.locator(`body.${mark}`).waitFor();
        await panel.locator('.items-view').scrollIntoViewIfNeeded();
      });
    await step('all of it comes back with the window', async () => {
      const search = (panel) => panel.locator('.control', { hasText: 'Search' }).locator('input');
      // what is typed last tells what VS Code stored now from what it stored while another editor was in front
      await search(await ui.panel('.items-view')).fill('atrophy');
      await ui.remembered(/medpeft\.results.*changed.*atrophy/s);
      await page.reload();
      const panel = await ui.panel('.details .answer');
      assert.equal(await search(panel).inputValue(), 'atrophy');
      await panel.locator('th[aria-sort="descending"]', { hasText: 'trainable' }).waitFor();
      await panel.locator('.star[aria-pressed="true"]').waitFor();
      await panel.locator('.scatter svg[aria-label*="against time"]').waitFor();
      assert.equal(await panel.locator('textarea').last().inputValue(), 'a second look');
    });
    await step('an expectation that does not hold shows expected and reached in a diff', async () => {
      await ui.closeAllEditors();
      await ui.command('View: Show Explorer');
      await ui.open('tiny.medpeft.json');
      await ui.command('Testing: Focus on Test Explorer View');
      await ui.testRow('tiny').first().click();
      await page.keyboard.press('ArrowRight');
      await ui.testRow('lora').first().click();
      await page.keyboard.press('ArrowRight');
      await ui.testRow('≥ 1').first().waitFor();
      await ui.testState('failed').first().waitFor();
      await ui.testRow('≥ 1').first().click();
      await ui.command('Test: Peek Output');
      await page.locator('.test-output-peek .monaco-diff-editor').first().waitFor();
      await page.locator('.test-output-peek .view-line', { hasText: '≥ 1' }).first().waitFor();
    });
    await step('a result is marked when its data have changed', async () => {
      await page.keyboard.press('Escape');
      const file = workspace.file('data/testset.json');
      writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
      await ui.testRow('changed since its result').nth(2).waitFor();
    });
  },
};
