// How smoothly 30,000 items move: the answers of a run to 30,000 questions in the results view, scrolled frame by frame.
// Played only when named: npm run bench -- views. Measures the times of frames, and how many rows exist.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measured, spread } from './measured.mjs';

const [items, frames] = [30_000, 200];
const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** The answers of a run over and over again, each question by another name. */
function repeatPredictions(folder) {
  const [name] = readdirSync(path.join(folder, 'predictions'));
  const file = path.join(folder, 'predictions', name);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const many = Array.from({ length: items }, (_, i) => {
    const item = JSON.parse(lines[i % lines.length]);
    return JSON.stringify({ ...item, id: `${item.id}-${i}` });
  });
  writeFileSync(file, `${many.join('\n')}\n`);
}

/** Scrolls by two thirds of what is in sight in every frame, from the first item on; milliseconds between the frames. */
async function scroll(count) {
  const list = document.querySelector('.items[role="listbox"]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const times = [];
  let rows = 0;
  let last = await frame();
  for (let i = 0; i < count; i++) {
    list.scrollTop += Math.floor((2 / 3) * list.clientHeight);
    const now = await frame();
    times.push(now - last);
    last = now;
    rows = Math.max(rows, list.querySelectorAll('.item').length);
  }
  return { times, rows, moved: list.scrollTop };
}

export const scrolling = {
  name: 'scrolling',
  long: true,
  async play({ step, ui, workspace }) {
    await step('30,000 items are scrolled', async () => {
      const done = spawnSync(process.execPath, [cli, 'run', workspace.file('tiny.medpeft.json'), '--method', 'base']);
      assert.equal(done.status, 0);
      const [run] = readdirSync(workspace.file('runs'));
      repeatPredictions(workspace.file('runs', run));
      await ui.ready('tiny.medpeft.json');
      await ui.open('tiny.medpeft.json');
      await ui.command('MedPEFT: Show Results');
      const panel = await ui.panel('.comparison');
      await panel.locator('.comparison tbody:not(.baselines) th button').first().click();
      await panel.locator('.items-view .summary', { hasText: /30,?000/ }).waitFor();
      await panel.locator('.item').first().waitFor();
      const { times, rows, moved } = await panel.evaluate(scroll, frames);
      assert.ok(moved > 0, 'nothing was scrolled');
      measured('scrolling', { ...spread(times), items, rows });
    });
  },
};
