/** What the parts of the extension share: made once in extension.ts and handed down. */
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { Check } from './panels/protocol';
import type { Reader } from './panels/reader';
import type { RunStore } from './runs/store';

export interface Services {
  runs: RunStore;
  log: LogOutputChannel;
  /** Reads runs for the panels in a thread of its own. */
  reader: Reader;
  /** Looks for what experiments need, one thing after the other. */
  checkEnvironment(): AsyncIterable<Check>;
}

/** What a panel is to show: one run, or the runs of one spec; neither = whatever is most recent. Both are absolute paths. */
export interface PanelTarget {
  folder?: string;
  specFile?: string;
}

/** What client/panels offers to the commands. */
export interface Panels {
  /** What the panel shows that the user looks at, if it is one of these. */
  activeTarget(): PanelTarget | undefined;
  showLivePanel(context: ExtensionContext, services: Services, target?: PanelTarget): void | Promise<void>;
  showEnvironment(context: ExtensionContext, services: Services): void | Promise<void>;
  showResults(context: ExtensionContext, services: Services, target?: PanelTarget): void | Promise<void>;
}
