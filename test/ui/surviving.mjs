// What happens to editors while runs go on: the extension host is killed, the window reloads, the whole editor crashes, a second window looks at the same folder.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extensionHosts, internetSockets, processesOf } from '../harness/processes.mjs';
import { patience, workbench } from './workbench.mjs';

/** Numbers that are the same in each round: mulberry32. */
function seeded(seed) {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const blows = ['extension host', 'window', 'editor'];

/** Lets a run train under what befalls the editor, and says of the panel and of the run folder whether anything was lost. */
async function undergo({ ui, page, server, workspace }, { blow, afterSteps }) {
  await beyond(ui, (await stepOf(ui)) + afterSteps);
  const reached = await stepOf(ui);
  if (blow === 'extension host') {
    const [{ pid }] = extensionHosts(server.group());
    process.kill(pid, 'SIGKILL');
    // VS Code starts another by itself, three times in five minutes; then it asks
    await until('another extension host', async () => {
      const restart = page.locator('.notification-toast .monaco-button', { hasText: 'Restart Remote Extension Host' });
      if (await restart.isVisible()) await restart.click();
      return extensionHosts(server.group()).some((host) => host.pid !== pid);
    });
  } else {
    if (blow === 'editor') await server.crash();
    await page.reload();
    await ui.ready('long.medpeft.json');
  }
  await beyond(ui, reached);
  await ui.statusBar('layernorm').waitFor();
  whole(workspace);
}

const rowOf = (panel) => panel.locator('tr[data-run]', { hasText: 'layernorm' });

async function stepOf(ui) {
  const panel = await ui.panel('.charts');
  const text = await rowOf(panel).locator('td', { hasText: ' of ' }).innerText();
  return Number(/(\d+) of/.exec(text)[1]);
}

/** Waits until the panel, however often it is made anew, is beyond a step. */
async function beyond(ui, steps) {
  await until(`step ${steps + 1} in the panel`, async () => (await stepOf(ui).catch(() => 0)) > steps);
}

async function until(what, holds) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${patience} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The events of the long run: each number and each step once, by one start. */
function whole(workspace) {
  const folder = readdirSync(workspace.file('runs')).find((name) => name.includes('--layernorm--'));
  const text = readFileSync(workspace.file('runs', folder, 'events.jsonl'), 'utf8');
  const events = text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, i) => i),
  );
  const steps = events.filter(({ type }) => type === 'step').map(({ step }) => step);
  assert.deepEqual(
    steps,
    steps.map((_, i) => i + 1),
  );
  assert.equal(events.filter(({ type }) => type === 'run_started' || type === 'run_resumed').length, 1);
}

/** A window that is looked at, or not, as VS Code finds it out: the driver of the browser feigns focus for every page. */
async function look(page, here) {
  await page.evaluate((focused) => {
    document.hasFocus = () => focused;
    window.dispatchEvent(new FocusEvent(focused ? 'focus' : 'blur'));
  }, here);
}

async function begin({ ui, step }) {
  await step('a run goes on', async () => {
    await ui.ready('long.medpeft.json');
    await ui.open('long.medpeft.json');
    await ui.languageOfEditor('MedPEFT').waitFor();
    await ui.command('MedPEFT: Run Experiment');
    await beyond(ui, 3);
    await ui.remembered(/medpeft\.live.*smoothing/s);
  });
}

export const surviving = {
  name: 'surviving',
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play(parts) {
    const { step, ui, page, server, workspace } = parts;
    const upTo = seeded(1);
    await begin(parts);
    await step('no part of it holds a port or a connection', () => {
      const own = processesOf(`${server.dirs.extensions}/medpeft.`);
      assert.ok(own.some(({ words }) => words.some((word) => word.endsWith('worker.js'))));
      assert.ok(own.some(({ words }) => words.some((word) => word.endsWith('server.js'))));
      for (const { pid } of own) assert.deepEqual(internetSockets(pid), []);
      // the workbench itself speaks to its extension host over the server's port
      for (const { pid } of extensionHosts(server.group()))
        for (const { listens, local, remote } of internetSockets(pid))
          assert.ok(!listens && [local, remote].includes(server.port), `extension host: ${local} to ${remote}`);
    });
    for (const blow of blows)
      await step(`nothing is lost: ${blow} ended in mid-run`, () => undergo(parts, { blow, afterSteps: upTo(20) }));

    let second;
    await step('a second window on the folder finds the run', async () => {
      second = await page.context().newPage();
      second.setDefaultTimeout(patience);
      await second.goto(page.url());
      const other = workbench(second);
      await other.ready('long.medpeft.json');
      await other.showRuns();
      await other.runsRow('layernorm').filter({ hasText: 'last event' }).waitFor();
    });
    await step('started there too, it is shown and not begun again', async () => {
      const other = workbench(second);
      await other.command('View: Show Explorer');
      await other.open('long.medpeft.json');
      await other.codeLens('Run').first().click();
      await beyond(other, await stepOf(ui));
      whole(workspace);
    });
    await step('stopped there, both know, and who looks elsewhere is told', async () => {
      await look(page, false);
      await workbench(second).choose('MedPEFT: Cancel Run', 'what goes on of it');
      await second.close();
      await ui.toast('MedPEFT: layernorm cancelled').waitFor();
      await page.bringToFront();
      const panel = await ui.panel('.charts');
      await rowOf(panel).locator('td', { hasText: 'cancelled' }).waitFor();
      await ui.statusBar('layernorm').waitFor({ state: 'detached' });
    });
    await step('who looks is not told when runs end', async () => {
      await look(page, true);
      await ui.open('tiny.medpeft.json');
      await ui.editorLine('lora4').first().waitFor();
      await ui.runMethod('base');
      const panel = await ui.panel('tr[data-run*="--base--"]');
      await panel.locator('tr[data-run*="--base--"] td', { hasText: 'finished' }).waitFor();
      await ui.statusBar('base').waitFor({ state: 'detached' });
      assert.equal(await ui.toast('finished').count(), 0);
    });
  },
};

/** The same more often, at other moments: npm run torture. */
export const torture = {
  name: 'torture',
  long: true,
  settings: surviving.settings,
  async play(parts) {
    const [count, seed] = [Number(process.env.MEDPEFT_BLOWS ?? 60), Number(process.env.MEDPEFT_SEED ?? 0)];
    const upTo = seeded(seed);
    await begin(parts);
    for (let i = 0; i < count; i++) {
      const blow = blows[upTo(blows.length)];
      const afterSteps = upTo(40);
      await parts.step(`${i + 1} of ${count}: ${blow} after ${afterSteps} steps`, () =>
        undergo(parts, { blow, afterSteps }),
      );
    }
  },
};
