// node test/harness/ui.mjs --vsix FILE [--only SCENARIO]: drives the packed extension in a real workbench
// as a person would. Pictures of each step go to out/shots. The last line is `ui: N passed, N failed, N skipped`.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { scenarios } from '../ui/index.mjs';
import { patience, workbench } from '../ui/workbench.mjs';
import { missing, onSignals, startBrowser, startServer, workbenchUrl } from './codeServer.mjs';
import { finish, skipAll } from './counts.mjs';
import { makeWorkspace } from './workspace.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({ options: { vsix: { type: 'string' }, only: { type: 'string' } } });
if (!options.vsix) {
  console.error('which packed extension? --vsix FILE');
  process.exit(2);
}
if (missing()) {
  const folder = path.join(root, 'test/ui');
  skipAll(
    'ui',
    readdirSync(folder)
      .filter((file) => !scenarios.some(({ name, long }) => long && name.startsWith(path.parse(file).name)))
      .map((file) => path.join(folder, file)),
    missing(),
  );
}
const shots = path.join(root, 'out/shots');
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });

// The extension is unpacked once; what a VS Code remembers is in its user data, which every scenario has of its own.
const extensionsDir = mkdtempSync(path.join(tmpdir(), 'ce-'));
let installed = false;

const counts = { passed: 0, failed: 0, skipped: 0 };
let number = 0;

/** What a scenario is played in: a workspace, a VS Code and a browser of its own, which shows nothing yet. */
async function prepare(scenario) {
  const workspace = await makeWorkspace(scenario.workspace);
  const server = await startServer({
    vsix: installed ? [] : [path.resolve(options.vsix)],
    extensionsDir,
    testDriver: false,
    trust: scenario.trust ?? false,
    env: scenario.env,
    settings: scenario.settings,
  });
  installed = true;
  const { browser, context } = await startBrowser();
  const cleanUp = async () => {
    cleanUps.delete(cleanUp);
    await browser.close().catch(() => {});
    await server.stop({ keep: Boolean(process.env.HARNESS_KEEP) });
    workspace.dispose();
  };
  cleanUps.add(cleanUp);
  return { workspace, server, context, cleanUp };
}

/** Plays one scenario. After a failed step the scenario's others are counted as failed: they build on it. */
async function play(scenario, { workspace, server, context }) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const shot = async (name) => {
    number++;
    const file = `${String(number).padStart(2, '0')}-${scenario.name}-${name.replace(/\W+/g, '-')}.png`;
    await page.screenshot({ path: path.join(shots, file) });
  };
  let broken = false;
  const step = async (name, body) => {
    if (broken) {
      counts.failed++;
      console.error(`  FAIL  ${scenario.name}: ${name} (not reached)`);
      return;
    }
    const started = Date.now();
    try {
      await body();
      counts.passed++;
      console.log(`  ok    ${scenario.name}: ${name} (${Date.now() - started} ms)`);
      await shot(name);
    } catch (error) {
      broken = true;
      counts.failed++;
      console.error(`  FAIL  ${scenario.name}: ${name}\n${error.message}`);
      await shot(`FAIL ${name}`).catch(() => {});
    }
  };
  await page.goto(workbenchUrl(server, scenario.emptyWindow ? {} : { folder: workspace.folder }));
  await scenario.play({ step, shot, workspace, server, page, ui: workbench(page) });
}

const cleanUps = new Set();
async function cleanUp() {
  for (const one of [...cleanUps]) await one();
}
onSignals(cleanUp);
const started = Date.now();
let broken = false;
const chosen = scenarios.filter(({ name, long }) => (options.only ? name.includes(options.only) : !long));
const failed =
  ({ name }) =>
  ({ message }) => {
    broken = true;
    console.error(`  FAIL  ${name}: ${message}`);
  };
/** Begins while the scenario before is played; what fails is told when its turn comes. */
const begin = (scenario) => {
  const stage = scenario && prepare(scenario);
  stage?.catch(() => {});
  return stage;
};
let next = begin(chosen[0]);
for (const [i, scenario] of chosen.entries()) {
  const stage = await next.catch(failed(scenario));
  next = begin(chosen[i + 1]);
  if (!stage) continue;
  await play(scenario, stage).catch(failed(scenario));
  await stage.cleanUp();
}
await cleanUp();
console.error(`[harness] ${((Date.now() - started) / 1000).toFixed(1)} s; pictures in ${shots}`);
rmSync(extensionsDir, { recursive: true, force: true });
finish('ui', counts, broken);
