/** The panels that are open, by kind and target. */
import type { WebviewPanel } from 'vscode';
import type { PanelTarget } from '../services';

type Panel = Pick<WebviewPanel, 'active' | 'reveal' | 'onDidDispose'>;

const keyOf = (kind: string, { folder, specFile }: PanelTarget) => JSON.stringify([kind, folder, specFile]);

export class PanelRegistry {
  private readonly panels = new Map<string, { panel: Panel; target: PanelTarget }>();

  add(kind: string, target: PanelTarget, panel: Panel): void {
    const key = keyOf(kind, target);
    const { folder, specFile } = target;
    this.panels.set(key, { panel, target: { folder, specFile } });
    panel.onDidDispose(() => {
      if (this.panels.get(key)?.panel === panel) this.panels.delete(key);
    });
  }

  /** Brings the panel to the front. False when there is none. */
  reveal(kind: string, target: PanelTarget): boolean {
    const found = this.panels.get(keyOf(kind, target));
    found?.panel.reveal(undefined, true);
    return found !== undefined;
  }

  /** Target of the panel that the user looks at; undefined where that shows whatever is most recent, or is no such panel. */
  activeTarget(): PanelTarget | undefined {
    const found = [...this.panels.values()].find(({ panel }) => panel.active);
    return found && (found.target.folder || found.target.specFile) ? found.target : undefined;
  }
}
