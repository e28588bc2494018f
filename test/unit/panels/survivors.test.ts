import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSurvivors } from '../../../client/panels/survivors';
import { memento, standIn } from '../client/standIn';

class TabInputWebview {
  constructor(readonly viewType: string) {}
}

interface FakePanel {
  viewType: string;
  title: string;
  column?: number;
  say(message: unknown): void;
  close(): void;
}

/** A window with these tabs, and what is done to it. */
function fakeWindow(sessionId: string, tabs: { viewType: string; label: string; isActive?: boolean }[] = []) {
  const told: string[] = [];
  const panels: FakePanel[] = [];
  const createWebviewPanel = (viewType: string, title: string, { viewColumn }: { viewColumn: number }) => {
    told.push(`made ${title} in ${viewColumn}`);
    return panel(viewType, title);
  };
  const panel = (viewType: string, title: string) => {
    let hear = (_message: unknown) => {};
    let gone = () => {};
    const made = {
      viewType,
      title,
      webview: {
        onDidReceiveMessage(listener: typeof hear) {
          hear = listener;
          return { dispose() {} };
        },
      },
      onDidDispose(listener: typeof gone) {
        gone = listener;
      },
      say: (message: unknown) => hear(message),
      close: () => gone(),
    };
    panels.push(made);
    return made as unknown as FakePanel & Parameters<ReturnType<typeof createSurvivors>['watch']>[0];
  };
  const group = {
    viewColumn: 2,
    tabs: tabs.map(({ viewType, label, isActive = false }) => ({
      label,
      isActive,
      input: new TabInputWebview(`mainThreadWebview-${viewType}`),
    })),
  };
  const tabGroups = { all: [group], close: async ({ label }: { label: string }) => void told.push(`closed ${label}`) };
  const vscode = standIn({ window: { tabGroups, createWebviewPanel }, env: { sessionId } });
  Object.assign(vscode, { TabInputWebview });
  return { vscode, panel, told };
}

describe('panels whose extension host died', () => {
  const memory = memento();
  const before = fakeWindow('s1');
  const survivors = createSurvivors(before.vscode, memory);
  const live = before.panel('medpeft.live', 'Live: a');
  survivors.watch(live, { specFile: 'a' });
  live.say({ type: 'ready' });
  live.say({ type: 'remembered', state: { specFile: 'a', smoothing: 0.5 } });
  const closed = before.panel('medpeft.results', 'Results: a');
  survivors.watch(closed, {});
  closed.close();
  const tabs = [
    { viewType: 'medpeft.live', label: 'Live: a', isActive: true },
    { viewType: 'medpeft.live', label: 'Live: b' },
  ];

  const takenOver = async (session: string) => {
    const after = fakeWindow(session, tabs);
    const states: unknown[] = [];
    const fill = (_panel: unknown, state: unknown) => void states.push(state);
    await createSurvivors(after.vscode, memory).takeOver({ 'medpeft.live': fill, 'medpeft.results': fill });
    return { told: after.told, states };
  };

  it('are shown anew by the next host as their pages remember, in place of the dead ones; others are left alone', async () => {
    expect(await takenOver('s1')).toEqual({
      told: ['made Live: a in 2', 'closed Live: a'],
      states: [{ specFile: 'a', smoothing: 0.5 }],
    });
  });

  it('are left to VS Code in a window that was loaded anew', async () => {
    expect(await takenOver('s2')).toEqual({ told: [], states: [] });
  });
});

describe('where telemetry is off, so that every session has the same name', () => {
  const session = 'someValue.sessionId';
  const tab = { viewType: 'medpeft.live', label: 'Live: a', isActive: true };
  afterEach(() => vi.useRealTimers());

  /** What the next host does, with a window that brings its panel back or not. */
  const takenOver = async ({ isActive, isBroughtBack }: { isActive: boolean; isBroughtBack: boolean }) => {
    vi.useFakeTimers();
    const memory = memento();
    const before = fakeWindow(session);
    createSurvivors(before.vscode, memory).watch(before.panel('medpeft.live', 'Live: a'), { specFile: 'a' });
    const after = fakeWindow(session, [{ ...tab, isActive }]);
    const survivors = createSurvivors(after.vscode, memory);
    const taking = survivors.takeOver({ 'medpeft.live': () => {} });
    if (isBroughtBack) survivors.watch(after.panel('medpeft.live', 'Live: a'), {});
    await vi.runAllTimersAsync();
    await taking;
    return after.told;
  };

  it.each([
    ['are shown anew where nobody brings them back', true, false, ['made Live: a in 2', 'closed Live: a']],
    ['are left to VS Code where it brings them back', true, true, []],
    ['are left alone out of sight, where nobody can tell', false, false, []],
  ])('%s', async (_what, isActive, isBroughtBack, told) => {
    expect(await takenOver({ isActive, isBroughtBack })).toEqual(told);
  });
});
