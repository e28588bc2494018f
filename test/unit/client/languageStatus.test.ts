/** What the status items of the language server say. */
import { expect, it } from 'vitest';
import { createLanguageStatus, type ServerState, type ServerStatus } from '../../../client/languageStatus';
import { standIn } from './standIn';

interface Item {
  text: string;
  detail?: string;
  severity: number;
  busy: boolean;
  command: { command: string };
}

function shown() {
  const items: Item[] = [];
  const vscode = standIn({
    languages: {
      createLanguageStatusItem: (_id: string, selector: { language: string }) => {
        expect(selector).toEqual({ language: 'medpeft' });
        const item = { dispose: () => {} } as unknown as Item;
        items.push(item);
        return item;
      },
    },
    LanguageStatusSeverity: { Information: 0, Warning: 1, Error: 2 },
  });
  return { status: createLanguageStatus(vscode), items };
}

it.each<[ServerState, string, boolean, number]>([
  ['starting', 'MedPEFT: Starting', true, 0],
  ['running', 'MedPEFT: Running', false, 0],
  ['stopped', 'MedPEFT: Stopped', false, 2],
])('%s, and can be restarted', (state, text, busy, severity) => {
  const { status, items } = shown();
  status.state(state);
  expect(items[0]).toMatchObject({ text, busy, severity, command: { command: 'medpeft.restartLanguageServer' } });
});

it.each<[ServerStatus, string, string, number]>([
  [{ busy: true, limits: [] }, 'No plan yet', 'No limit reached', 0],
  [{ busy: false, plannedMs: 1234, limits: [] }, 'Planned in 1.2 s', 'No limit reached', 0],
  [
    { busy: false, plannedMs: 80, limits: ['outline: the first 5000'] },
    'Planned in 0.1 s',
    'Shown in part: outline: the first 5000',
    1,
  ],
])('times and limits: %j, beside the log', (said, text, detail, severity) => {
  const { status, items } = shown();
  status.status(said);
  expect(items[1]).toMatchObject({ text, detail, severity, busy: said.busy });
  expect(items[1]!.command.command).toBe('medpeft.showLanguageServerLog');
});
