/** A log channel for each run that the user asked to read: its events so far, and on as they come. */
import path from 'node:path';
import type { Disposable, LogOutputChannel } from 'vscode';
import { eventsSize, readEvents, runFiles } from '../../runner/runs';
import { disposables } from '../disposables';
import type { VsCode } from '../vscode';
import { eventText } from './eventText';
import type { RunStore } from './store';

/** Of a long run the end is shown: some five thousand events. */
const shownBytes = 1024 * 1024;

export interface RunLogs extends Disposable {
  show(folder: string): void;
}

export function createRunLogs({ window }: VsCode, runs: RunStore): RunLogs {
  const held = disposables();
  const open = new Map<string, { channel: LogOutputChannel; offset: number }>();

  const follow = (folder: string) => {
    const log = open.get(folder);
    if (!log) return;
    const { events, offset } = readEvents(folder, log.offset);
    // the file became shorter: the run was started anew
    if (offset < log.offset) log.channel.clear();
    log.offset = offset;
    for (const event of events) {
      const line = `[${event.time}] ${eventText(event)}`;
      if (event.type === 'run_failed') log.channel.error(line);
      else if (event.type === 'warning') log.channel.warn(line);
      else log.channel.info(line);
    }
  };

  held.add(runs.onDidChange(({ folders }) => folders.forEach(follow)));
  return {
    show: (folder) => {
      if (!open.has(folder)) {
        const channel = held.add(window.createOutputChannel(`MedPEFT ${path.basename(folder)}`, { log: true }));
        const offset = Math.max(0, eventsSize(folder) - shownBytes);
        if (offset > 0) channel.info(`earlier events: ${path.join(folder, runFiles.events)}`);
        open.set(folder, { channel, offset });
        follow(folder);
      }
      open.get(folder)?.channel.show();
    },
    dispose: () => held.dispose(),
  };
}
