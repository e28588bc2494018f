// A person chooses by settings what computes: some steps of the demo on each. Takes minutes where the GPU is one in software: played only when named.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { vulkanEnvironment } from '../../scripts/vulkan.mjs';

/** The demo on its questions of one type. */
const short = {
  version: 1,
  extends: 'compare.medpeft.json',
  datasets: { heads: { filter: { question_type: 'MODALITY' } } },
  exclude: [{ method: ['base', 'layernorm', 'attention', 'ffn', 'full'], reason: 'one method is enough' }],
  training: { batch_size: 4, max_steps: 4 },
};

/** What `npm run setup:tfjs` made: the workbench has a home of its own. */
function tfjsEnvironment() {
  const caches = path.join(homedir(), '.cache/medpeft');
  const made = existsSync(caches) ? readdirSync(caches).find((name) => /^tfjs-.*-cpu$/.test(name)) : undefined;
  return made ? { MEDPEFT_TFJS: path.join(caches, made) } : {};
}

const on = (backend, device, env) => ({
  name: `devices-${backend}-${device}`,
  long: true,
  workspace: 'examples/vqa-rad',
  env,
  settings: { 'workbench.colorTheme': 'Default Dark Modern' },
  async play({ step, ui, workspace }) {
    // Of the folder: those of a machine are not the user's, and the workbench runs on another one than the browser.
    mkdirSync(workspace.file('.vscode'));
    const settings = { 'medpeft.backend': backend, 'medpeft.device': device };
    writeFileSync(workspace.file('.vscode/settings.json'), JSON.stringify(settings));
    writeFileSync(workspace.file('short.medpeft.json'), JSON.stringify(short, null, 2));
    await step(`the demo runs on ${backend} ${device}`, async () => {
      await ui.ready('short.medpeft.json');
      await ui.open('short.medpeft.json');
      await ui.command('MedPEFT: Run Experiment');
      const panel = await ui.panel('.charts');
      const row = panel.locator('tr[data-run]', { hasText: 'lora' });
      await row.locator('td', { hasText: 'finished' }).waitFor({ timeout: 900_000 });
      const runs = workspace.file('runs');
      for (const run of readdirSync(runs)) {
        const { runtime } = JSON.parse(readFileSync(path.join(runs, run, 'manifest.json'), 'utf8'));
        assert.deepEqual([runtime.backend, runtime.device], [backend, device]);
      }
    });
    await step(`a run says that ${backend} computed it`, async () => {
      await ui.showRuns();
      await ui.explain(ui.runsRow('lora'), `, ${device}: both were named`);
    });
  },
});

export const devices = [on('tfjs', 'cpu', tfjsEnvironment()), on('onnxruntime', 'webgpu', vulkanEnvironment())];
