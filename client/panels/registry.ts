/** The panels that are open, by kind and target. */
import type { WebviewPanel } from 'vscode';
import type { PanelTarget } from '../services';

type Panel = Pick<WebviewPanel, 'reveal' | 'onDidDispose'>;

const keyOf = (kind: string, { folder, specFile }: PanelTarget) => JSON.stringify([kind, folder, specFile]);

export class PanelRegistry {
  private readonly panels = new Map<string, Panel>();

  add(kind: string, target: PanelTarget, panel: Panel): void {
    const key = keyOf(kind, target);
    this.panels.set(key, panel);
    panel.onDidDispose(() => {
      if (this.panels.get(key) === panel) this.panels.delete(key);
    });
  }

  /** Brings the panel to the front. False when there is none. */
  reveal(kind: string, target: PanelTarget): boolean {
    const panel = this.panels.get(keyOf(kind, target));
    panel?.reveal(undefined, true);
    return panel !== undefined;
  }
}
