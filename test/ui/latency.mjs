// How long after it was written an event is seen: a real run trains beside, and each of its steps is followed into the live panel.
// Played only when named: npm run bench -- views. The target is a quarter of a second.
import { readdirSync, readFileSync } from 'node:fs';
import { measured, spread } from './measured.mjs';

const watchedSeconds = 60;

/** Collects in the page when which step was on the screen. */
function observe() {
  const cell = document.querySelector('tr[data-run*="layernorm"] td:nth-child(3)');
  const seen = [];
  new MutationObserver(() => {
    const step = Number(/(\d+) of/.exec(cell.textContent)?.[1]);
    requestAnimationFrame(() => requestAnimationFrame(() => seen.push([step, Date.now()])));
  }).observe(cell, { subtree: true, characterData: true, childList: true });
  globalThis.seenSteps = seen;
}

export const latency = {
  name: 'latency',
  long: true,
  async play({ step, ui, page, workspace }) {
    await step('steps are followed from the file to the screen', async () => {
      await ui.ready('long.medpeft.json');
      await ui.open('long.medpeft.json');
      await ui.languageOfEditor('MedPEFT').waitFor();
      await ui.command('MedPEFT: Run Experiment');
      const panel = await ui.panel('.charts', 60_000);
      await panel.locator('tr[data-run*="layernorm"] td', { hasText: ' of ' }).waitFor({ timeout: 60_000 });
      await panel.evaluate(observe);
      await page.waitForTimeout(1000 * watchedSeconds);
      const seen = await panel.evaluate(() => globalThis.seenSteps);
      const folder = readdirSync(workspace.file('runs')).find((name) => name.includes('layernorm'));
      const lines = readFileSync(workspace.file('runs', folder, 'events.jsonl'), 'utf8')
        .trim()
        .split('\n');
      const events = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'step');
      const [first] = seen[0];
      const [last] = seen.at(-1);
      // an event is seen when a picture has its step or a later one
      const ages = events
        .filter((event) => event.step > first && event.step <= last)
        .map((event) => seen.find(([shown]) => shown >= event.step)[1] - Date.parse(event.time));
      measured('latency', { ...spread(ages), pictures: seen.length });
      await ui.choose('MedPEFT: Cancel Run', 'long');
    });
  },
};
