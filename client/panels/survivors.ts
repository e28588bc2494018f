/**
 * Panels that outlived their extension host. VS Code starts another host when one dies, but tells it nothing of the panels that are open: their pages
 * would stand still for ever. So what is open is kept with the workspace, and a host that finds it was kept in this very window shows it anew. Where sessions have no
 * names, that is told from panels in sight that nobody brings back.
 */
import type { Disposable, Memento, Tab, ViewColumn, WebviewPanel } from 'vscode';
import type { VsCode } from '../vscode';
import { rememberedState } from './viewState';

/** Fills a panel from what its page remembered. */
export type Fill = (panel: WebviewPanel, state: unknown) => void;

export interface Survivors {
  /** Keeps what this panel shows, as its page tells it, until it is closed. */
  watch(panel: WebviewPanel, state: unknown): void;
  /** Shows anew what the host before this one left, if it left anything in this window. */
  takeOver(fills: Readonly<Record<string, Fill>>): Promise<void>;
}

interface Kept {
  viewType: string;
  /** As its tab says it. */
  title: string;
  state: unknown;
}

/** What was open in a window; a window that is loaded anew has another session, and brings its panels back itself. */
interface Left {
  session: string;
  panels: Kept[];
}

const key = 'panels.open';
/** What VS Code calls every session where telemetry is off. */
const nameless = 'someValue.sessionId';
/** Within it a window that is loaded anew brings back the panels in sight: half a second on two busy cores. */
const patienceMs = 3_000;

export function createSurvivors({ window, env, TabInputWebview }: VsCode, memory: Memento): Survivors {
  const left = memory.get<Left>(key);
  const open = new Map<WebviewPanel, unknown>();
  const write = () => {
    const panels = [...open].map(([{ viewType, title }, state]): Kept => ({ viewType, title, state }));
    void memory.update(key, { session: env.sessionId, panels } satisfies Left);
  };
  const tabOf = (kept: Kept) => (tab: Tab) =>
    tab.input instanceof TabInputWebview && tab.input.viewType.endsWith(kept.viewType) && tab.label === kept.title;
  /** Where the session says nothing: whether panels in sight stay without a host. */
  const isOrphaned = async (kept: readonly Kept[]): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, patienceMs));
    const inSight = window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ isActive }) => isActive));
    const isBack = ({ viewType }: Kept) => [...open.keys()].some((panel) => panel.viewType === viewType);
    return !kept.some(isBack) && kept.some((one) => inSight.some(tabOf(one)));
  };
  return {
    watch(panel, state) {
      const set = (now: unknown) => {
        open.set(panel, now);
        write();
      };
      const listening: Disposable = panel.webview.onDidReceiveMessage((message: unknown) => {
        const now = rememberedState(message);
        if (now !== undefined) set(now);
      });
      panel.onDidDispose(() => {
        listening.dispose();
        open.delete(panel);
        write();
      });
      set(state);
    },
    async takeOver(fills) {
      if (left?.session !== env.sessionId) return;
      if (env.sessionId === nameless && !(await isOrphaned(left.panels))) return;
      const tabs = window.tabGroups.all.flatMap((group) =>
        group.tabs.map((tab) => ({ tab, column: group.viewColumn })),
      );
      // those in sight last: each that is made comes to the front of its group
      const found = left.panels.flatMap((kept) => {
        const isIts = tabOf(kept);
        const place = tabs.findIndex(({ tab }) => isIts(tab));
        return place < 0 ? [] : tabs.splice(place, 1).map(({ tab, column }) => ({ kept, tab, column }));
      });
      for (const { kept, tab, column } of found.sort((a, b) => Number(a.tab.isActive) - Number(b.tab.isActive))) {
        const fill = fills[kept.viewType];
        if (!fill) continue;
        fill(made(window, kept, column), kept.state);
        await window.tabGroups.close(tab, true);
      }
    },
  };
}

function made(
  { createWebviewPanel }: VsCode['window'],
  { viewType, title }: Kept,
  viewColumn: ViewColumn,
): WebviewPanel {
  return createWebviewPanel(viewType, title, { viewColumn, preserveFocus: true }, { enableScripts: true });
}
