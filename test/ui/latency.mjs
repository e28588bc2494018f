// How long after it was written an event is seen, and where that time goes: a real run trains beside, and each of its steps is followed into the live panel.
// Played only when named: npm run bench -- views. The target is a quarter of a second.
import { readdirSync, readFileSync } from 'node:fs';
import { measured, spread } from './measured.mjs';

const watchedSeconds = 60;

/** Notes in the page when steps came, were drawn, and were on the screen. All processes of a machine share its clock. */
function observe() {
  const cell = document.querySelector('tr[data-run*="layernorm"] td:nth-child(3)');
  const pictures = [];
  let came;
  window.addEventListener('message', ({ data }) => {
    if (data.type !== 'points') return;
    // of messages that one picture shows the first has waited longest
    came ??= { at: Date.now(), newest: data.curves[0].steps.at(-1), age: data.status.lastEventAgeMs };
  });
  new MutationObserver(() => {
    const step = Number(/(\d+) of/.exec(cell.textContent)?.[1]);
    const picture = { step, ...came, drawn: Date.now() };
    came = undefined;
    requestAnimationFrame(() => requestAnimationFrame(() => pictures.push({ ...picture, shown: Date.now() })));
  }).observe(cell, { subtree: true, characterData: true, childList: true });
  globalThis.pictures = pictures;
}

/** Of each step how old it was when it was seen, and of each picture what its oldest step waited for. Milliseconds. */
function latencies(events, pictures) {
  const written = new Map(
    events.filter(({ type }) => type === 'step').map(({ step, time }) => [step, Date.parse(time)]),
  );
  // an event is seen when a picture has its step or a later one
  const seen = [...written].filter(([step]) => step > pictures[0].step && step <= pictures.at(-1).step);
  const ages = seen.map(([step, time]) => pictures.find((picture) => picture.step >= step).shown - time);
  // a message tells the age of its last event, and the last step in it: they are the same where only steps follow
  const ofStep = new Set(
    events.flatMap(({ type, step }, i) => (type === 'step' && events[i + 1]?.type === 'step' ? [step] : [])),
  );
  const parts = pictures.slice(1).flatMap(({ newest, age, at, drawn, shown }, i) => {
    const oldest = written.get(pictures[i].step + 1);
    if (!ofStep.has(newest) || oldest === undefined) return [];
    const read = written.get(newest) + age;
    return [{ read: read - oldest, sent: at - read, drawn: drawn - at, shown: shown - drawn }];
  });
  const part = (name) => spread(parts.map((one) => one[name]));
  return {
    ...spread(ages),
    pictures: pictures.length,
    parts: { read: part('read'), sent: part('sent'), drawn: part('drawn'), shown: part('shown') },
  };
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
      const panel = await ui.panel('.charts');
      await panel.locator('tr[data-run*="layernorm"] td', { hasText: ' of ' }).waitFor();
      await panel.evaluate(observe);
      await page.waitForTimeout(1000 * watchedSeconds);
      const pictures = await panel.evaluate(() => globalThis.pictures);
      const folder = readdirSync(workspace.file('runs')).find((name) => name.includes('layernorm'));
      const text = readFileSync(workspace.file('runs', folder, 'events.jsonl'), 'utf8');
      const events = text
        .slice(0, text.lastIndexOf('\n'))
        .split('\n')
        .map((line) => JSON.parse(line));
      measured('latency', latencies(events, pictures));
      await ui.choose('MedPEFT: Cancel Run', 'long');
    });
  },
};
