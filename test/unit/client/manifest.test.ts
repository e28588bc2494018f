/** package.json against the code: what one names, the other has. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandParts, registerCommands } from '../../../client/commands';
import { commandIds, languageId, runsViewId } from '../../../client/ids';
import { createSettings } from '../../../client/settings';
import { sanitised } from '../../../server/settings';
import { standIn } from './standIn';

interface Entry {
  command: string;
  title: string;
  category?: string;
  icon?: string;
  when?: string;
}

const root = path.resolve(import.meta.dirname, '../../..');
const json = (name: string) => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const manifest = json('package.json');
const words = json('package.nls.json') as Record<string, string>;
const { contributes } = manifest;
const commands: Entry[] = contributes.commands;
const menus: Record<string, Entry[]> = contributes.menus;
const settings = Object.keys(contributes.configuration.properties);

/** `%key%` -> the word. */
const said = (text: string) => (/^%(.+)%$/.test(text) ? words[text.slice(1, -1)] : text);

describe('commands', () => {
  it('are registered exactly as they are declared', () => {
    const registered: string[] = [];
    const vscode = standIn({ commands: { registerCommand: (id: string) => registered.push(id) } });
    registerCommands({ vscode, services: { runs: {}, log: {} } } as unknown as CommandParts);
    expect(registered.sort()).toEqual(commands.map(({ command }) => command).sort());
    expect(registered).toEqual([...commandIds].sort());
  });

  it.each(commands.map((entry) => [entry.command, entry] as const))(
    '%s has a title, a category and an icon',
    (_id, entry) => {
      expect(said(entry.title)).toMatch(/\S/);
      expect(entry.category).toBe('MedPEFT');
      expect(entry.icon).toMatch(/^\$\([a-z-]+\)$/);
    },
  );

  it('of menus and keys are declared', () => {
    const used = [...Object.values(menus).flat(), ...(contributes.keybindings as Entry[])].map(
      ({ command }) => command,
    );
    expect(used.filter((command) => !commandIds.includes(command as never))).toEqual([]);
  });

  it('that start or end a process need trust', () => {
    const trusted = commands.filter((entry) => 'enablement' in entry).map(({ command }) => command);
    const starting = [
      'run',
      'runMethod',
      'dryRun',
      'cancel',
      'resume',
      'rerun',
      'deleteRun',
      'evaluate',
      'startNow',
    ].map((id) => `medpeft.${id}`);
    expect(trusted).toEqual(starting);
    const offered = menus.commandPalette!.filter(({ when }) => when !== 'false').map(({ command }) => command);
    expect(offered).toEqual(starting.filter((id) => id !== 'medpeft.startNow'));
  });

  it('that only a menu can call are not in the palette', () => {
    const without = menus.commandPalette!.filter(({ when }) => when === 'false').map(({ command }) => command);
    expect(without).toEqual(['medpeft.startNow', 'medpeft.queueUp', 'medpeft.queueDown']);
  });
});

it('activates for specs and for panels to restore, and for nothing else', () => {
  const events: string[] = manifest.activationEvents;
  expect(events[0]).toBe('workspaceContains:**/*.medpeft.json');
  expect(events.slice(1).length).toBeGreaterThan(0);
  expect(events.slice(1).filter((event) => !event.startsWith('onWebviewPanel:medpeft.'))).toEqual([]);
});

/** A value whose every setting is noted when it is read; those with a dot stand in an object of their own. */
function recorder(prefix: string, read: string[]): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        const name = `${prefix}.${String(key)}`;
        if (settings.includes(name)) read.push(name);
        return settings.some((setting) => setting.startsWith(`${name}.`)) ? recorder(name, read) : undefined;
      },
    },
  );
}

it('has every setting that the code reads, and no other', () => {
  const read: string[] = [];
  const configuration = {
    getConfiguration: (section: string) => ({ get: (key: string) => void read.push(`${section}.${key}`) }),
  };
  const made = createSettings(standIn({ workspace: configuration }));
  for (const get of Object.values(made)) (get as () => unknown)();
  sanitised(recorder('medpeft', read));
  expect(read.sort()).toEqual([...settings].sort());
});

it.each([
  ['nodePath', '  /my/node ', '/my/node'],
  ['nodePath', ['rm'], ''],
  ['device', ' webgpu', 'webgpu'],
  ['backend', 1, ''],
  ['concurrency', 4, 4],
  ['concurrency', 0, 1],
  ['concurrency', 1.5, 1],
  ['forceAfterSeconds', 30, 30],
  ['forceAfterSeconds', -1, 10],
  ['forceAfterSeconds', '5', 10],
  ['notify', false, false],
  ['notify', 'no', true],
] as const)('setting %s = %j is read as %j', (name, value, expected) => {
  const made = createSettings(standIn({ workspace: { getConfiguration: () => ({ get: () => value }) } }));
  expect(made[name]()).toBe(expected);
});

it.each(['backend', 'device'])('medpeft.%s takes the words of the spec, or none', (name) => {
  const { enum: known } = json('schemas/spec.schema.json').definitions.runtime.properties[name];
  expect(contributes.configuration.properties[`medpeft.${name}`].enum).toEqual(['', ...known]);
});

it('does not let an untrusted workspace choose an executable', () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  expect(untrustedWorkspaces.supported).toBe('limited');
  expect(untrustedWorkspaces.restrictedConfigurations).toEqual(['medpeft.nodePath']);
  expect(contributes.configuration.properties['medpeft.nodePath'].scope).toBe('machine-overridable');
});

it('names the ids that the code uses', () => {
  expect(contributes.languages[0].id).toBe(languageId);
  expect(contributes.views.medpeft[0].id).toBe(runsViewId);
});

it('has every word that it points to, and points to every word', () => {
  const text = readFileSync(path.join(root, 'package.json'), 'utf8');
  const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
  expect([...new Set(used)].sort()).toEqual(Object.keys(words).sort());
});

it('offers in welcome texts and walkthrough only commands that there are', () => {
  const offered = Object.values(words).flatMap((text) =>
    [...text.matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id!),
  );
  const own = offered.filter((id) => id.startsWith('medpeft.'));
  expect(own.length).toBeGreaterThan(5);
  expect(own.filter((id) => !commandIds.includes(id as never))).toEqual([]);
  const completed: string[] = contributes.walkthroughs[0].steps.flatMap(
    (step: { completionEvents: string[] }) => step.completionEvents,
  );
  expect(completed.filter((event) => !commandIds.includes(event.replace('onCommand:', '') as never))).toEqual([]);
});

it('points to files that are there', () => {
  const files = [
    manifest.icon,
    contributes.viewsContainers.activitybar[0].icon,
    contributes.languages[0].configuration,
    ...contributes.grammars.map((grammar: { path: string }) => grammar.path),
    ...contributes.walkthroughs[0].steps.map((step: { media: { markdown: string } }) => step.media.markdown),
  ];
  expect(files.filter((file: string) => !existsSync(path.join(root, file)))).toEqual([]);
});
