import { expect, it } from 'vitest';
import { createRunLogs } from '../../../client/runs/logs';
import { createRun, readRun } from '../../../runner/runs';
import { manifest, temporaryFolder } from '../runs/fixture';
import { fakeStore } from './runs';
import { standIn } from './standIn';

it('each run that is looked at has a channel of its own, which goes on with it', async () => {
  const channels: { name: string; lines: string[] }[] = [];
  const vscode = standIn({
    window: {
      createOutputChannel: (name: string) => {
        const lines: string[] = [];
        channels.push({ name, lines });
        const say = (level: string) => (line: string) => lines.push(`${level} ${line.replace(/^\[.*?\] /, '')}`);
        const levels = { info: say('info'), warn: say('warn'), error: say('error') };
        return { ...levels, show: () => lines.push('shown'), clear: () => lines.push('cleared'), dispose: () => {} };
      },
    },
  });
  const folder = `${temporaryFolder()}/run`;
  const writer = await createRun(folder, manifest);
  writer.append({ type: 'run_started', run: manifest.run, total_steps: 4, trainable: 1 });
  const store = fakeStore([readRun(folder)]);
  const logs = createRunLogs(vscode, store);
  const tell = () => store.set([readRun(folder)]);

  tell();
  expect(channels).toEqual([]);
  logs.show(folder);
  logs.show(folder);
  writer.append({ type: 'warning', code: 'MP4011', message: 'the loss rises', step: 1 });
  tell();
  writer.append({ type: 'run_failed', code: 'MP4005', message: 'loss is NaN', hint: 'Lower the rate.' });
  await writer.close();
  tell();
  tell();
  expect(channels).toEqual([
    {
      name: 'MedPEFT run',
      lines: [
        'info started: 4 steps, 1 trainable parameters',
        'shown',
        'shown',
        'warn MP4011 the loss rises',
        'error failed: MP4005 loss is NaN Lower the rate.',
      ],
    },
  ]);
});
