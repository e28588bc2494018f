/**
 * Panels that outlived their extension host. VS Code starts another host when one dies, but tells it nothing of the panels that are open: their pages
 * would stand still for ever. So what is open is kept with the workspace, and a host that finds it was kept in this very window shows it anew.
 */
import type { Disposable, Memento, ViewColumn, WebviewPanel } from 'vscode';
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

export function createSurvivors({ window, env, TabInputWebview }: VsCode, memory: Memento): Survivors {
  const left = memory.get<Left>(key);
  const open = new Map<WebviewPanel, unknown>();
  const write = () => {
    const panels = [...open].map(([{ viewType, title }, state]): Kept => ({ viewType, title, state }));
    void memory.update(key, { session: env.sessionId, panels } satisfies Left);
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
      const tabs = window.tabGroups.all.flatMap((group) =>
        group.tabs.map((tab) => ({ tab, column: group.viewColumn })),
      );
      // those in sight last: each that is made comes to the front of its group
      const found = left.panels.flatMap((kept) => {
        const place = tabs.findIndex(
          ({ tab: { input, label } }) =>
            input instanceof TabInputWebview && input.viewType.endsWith(kept.viewType) && label === kept.title,
        );
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
