/** What the commands do with what they are called on, and without. */
import { expect, it } from 'vitest';
import { type CommandParts, registerCommands } from '../../../client/commands';
import type { PanelTarget } from '../../../client/services';
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
