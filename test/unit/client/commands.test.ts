/** What the commands do with what they are called on, and without. */
import { expect, it } from 'vitest';
import { type CommandParts, registerCommands } from '../../../client/commands';
import type { PanelTarget } from '../../../client/services';
import { run as summary } from './runs';
import { standIn } from './standIn';

/** Calls a command as the palette or a menu does. @returns what the panel was asked to show */
async function shown(
  command: string,
  argument: unknown,
  { panel, editor }: { panel?: PanelTarget; editor?: string },
): Promise<unknown> {
  const handlers = new Map<string, (argument: unknown) => unknown>();
  const vscode = standIn({
    commands: { registerCommand: (id: string, handler: (argument: unknown) => unknown) => handlers.set(id, handler) },
  });
  let asked: unknown;
  const show = (_context: unknown, _services: unknown, target: PanelTarget) => {
    asked = target;
  };
  registerCommands({
    vscode,
    services: { runs: {}, log: {} },
    pick: { openSpec: () => editor },
    panels: { activeTarget: () => panel, showResults: show, showLivePanel: show },
  } as unknown as CommandParts);
  await handlers.get(command)?.(argument);
  return asked;
}

const run = { kind: 'run', folder: '/w/runs/r' };
it.each<[string, unknown, { panel?: PanelTarget; editor?: string }, PanelTarget]>([
  ['what it was called on', run, { editor: '/w/a.medpeft.json' }, { folder: '/w/runs/r' }],
  ['the spec of the active editor', undefined, { editor: '/w/a.medpeft.json' }, { specFile: '/w/a.medpeft.json' }],
  ['what the active panel shows', undefined, { panel: { specFile: '/w/b' } }, { specFile: '/w/b' }],
  ['whatever is most recent, without any of these', undefined, {}, {}],
])('results and curves are of %s', async (_what, argument, looking, expected) => {
  for (const command of ['medpeft.showResults', 'medpeft.showLive'])
    expect(await shown(command, argument, looking)).toEqual(expected);
});

it.each<[string, string, object]>([
  ['by its folder', '/w/a.medpeft.json', { resume: '/w/runs/m--vqa--lora--seed0' }],
  ['by its spec, where that was moved', '/v/a.medpeft.json', { filter: { only: ['m--vqa--lora--seed0'] } }],
])('a stopped run goes on %s', async (_how, specFile, how) => {
  const handlers = new Map<string, (argument: unknown) => unknown>();
  const stopped = summary({ method: 'lora', state: 'cancelled' });
  let asked: unknown;
  const queue = {
    has: () => false,
    waiting: () => [],
    add: async (request: unknown) => {
      asked = request;
    },
  };
  registerCommands({
    vscode: standIn({
      commands: { registerCommand: (id: string, handler: (argument: unknown) => unknown) => handlers.set(id, handler) },
    }),
    services: { runs: { get: () => stopped, specOf: () => specFile }, log: {} },
    queue,
  } as unknown as CommandParts);
  await handlers.get('medpeft.resume')?.({ kind: 'run', folder: stopped.folder });
  expect(asked).toEqual({ specFile, ...how });
});
