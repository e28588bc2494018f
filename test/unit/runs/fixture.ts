import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Manifest } from '../../../schemas/generated/manifest';
import type { Result } from '../../../schemas/generated/result';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'medpeft-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const manifest: Manifest = {
  format: 1,
  run: 'tiny--vqa--layernorm--seed0--abc',
  created: '2026-01-01T00:00:00.000Z',
  model: 'tiny',
  task: 'vqa',
  method: 'layernorm',
  seed: 0,
  resolved: { model: {}, task: {}, method: {}, training: {}, datasets: {} },
};

export const result: Result = {
  format: 1,
  run: manifest.run,
  finished: '2026-01-01T00:01:00.000Z',
  metrics: { 'rad/test': { exact_match: { value: 0.5, n: 10, low: 0.2, high: 0.8 } } },
  counts: { trainable: 1, added: 0, base_total: 2, percent: 50, tensors: 1 },
  steps: 4,
  seconds: 60,
};
