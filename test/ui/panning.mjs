// How smoothly a million measured points move: ten runs of 100,000 steps in the live panel, panned frame by frame.
// Played only when named: npm run bench -- views. Measures the times of frames, and says what draws them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { measured, spread } from './measured.mjs';

const [runs, steps, frames] = [10, 100_000, 200];

function writeRun(workspace, seed) {
  const run = `bench-${seed}`;
  const folder = workspace.file('runs', run);
  mkdirSync(folder, { recursive: true });
  const resolved = { model: {}, task: {}, method: {}, training: {}, datasets: {} };
  const spec = { file: workspace.file('long.medpeft.json') };
  const created = new Date(1_750_000_000_000 + seed).toISOString();
  const names = { model: 'tiny', task: 'vqa', method: 'lora', seed };
  writeFileSync(`${folder}/manifest.json`, JSON.stringify({ format: 1, run, created, spec, ...names, resolved }));
  const events = [{ type: 'run_started', run, total_steps: steps, steps_per_epoch: 100, trainable: 960 }];
  for (let step = 1; step <= steps; step++) {
    const loss = 5 * Math.exp(-step / 30_000) + 0.5 * Math.sin(step * (12.9898 + seed));
    events.push({ type: 'step', step, loss, learning_rate: 1e-4, seconds: step / 10 });
  }
  events.push({ type: 'run_cancelled', step: steps });
  const lines = events.map((event, seq) => JSON.stringify({ seq, time: created, ...event }));
  writeFileSync(`${folder}/events.jsonl`, `${lines.join('\n')}\n`);
}

/** Moves what is in sight by a tenth in every frame, to and fro; milliseconds between the frames. */
async function pan(count) {
  const chart = document.querySelector('.chart-area');
  const press = (key, shiftKey) => chart.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let i = 0; i < 3; i++) {
    press('+', false);
    await frame();
    await frame();
  }
  const times = [];
  let last = await frame();
  for (let i = 0; i < count; i++) {
    press(i % 20 < 10 ? 'ArrowLeft' : 'ArrowRight', true);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  const canvas = document.createElement('canvas').getContext('webgl');
  const info = canvas?.getExtension('WEBGL_debug_renderer_info');
  const graphics = info ? canvas.getParameter(info.UNMASKED_RENDERER_WEBGL) : 'no WebGL: software';
  return { times, graphics, browser: navigator.userAgent.match(/Chrome\/[\d.]+/)?.[0] };
}

export const panning = {
  name: 'panning',
  long: true,
  async play({ step, ui, workspace }) {
    await step('a million points are panned', async () => {
      for (let seed = 0; seed < runs; seed++) writeRun(workspace, seed);
      await ui.ready('long.medpeft.json');
      await ui.open('long.medpeft.json');
      await ui.languageOfEditor('MedPEFT').waitFor();
      await ui.command('MedPEFT: Show Live Curves');
      const panel = await ui.panel('.charts');
      await panel.locator(`tr[data-run="bench-${runs - 1}"]`).waitFor();
      await panel.locator('.chart canvas').first().waitFor();
      const { times, graphics, browser } = await panel.evaluate(pan, frames);
      measured('panning', { ...spread(times), runs, steps, browser, graphics });
    });
  },
};
