/** Asks for a spec, methods or a run where the command was not told; offers the last choice first. */
import path from 'node:path';
import type { Memento, QuickPickItem } from 'vscode';
import { languageId } from '../ids';
import type { Launcher } from '../runner/launcher';
import { runDescription, runLabel, stateText } from '../runs/describe';
import { isActive, type RunStore, type RunSummary } from '../runs/store';
import type { PanelTarget } from '../services';
import type { SpecIndex } from '../specs';
import type { VsCode } from '../vscode';

export interface Pickers {
  /** Absolute path of the active editor's spec, if it is one on disk. */
  openSpec(): string | undefined;
  /** Absolute path: the active editor's spec, the only one there is, or the user's choice. */
  spec(): Promise<string | undefined>;
  methods(specFile: string): Promise<string[] | undefined>;
  /** An experiment that this window started, with all that it has not begun, or one of the runs that go on. */
  active(): Promise<PanelTarget | undefined>;
  /** The user's choice among the runs that fit; says so when there is none. */
  run(fits: (run: RunSummary) => boolean, none: string): Promise<RunSummary | undefined>;
}

export interface PickerParts {
  vscode: VsCode;
  specs: SpecIndex;
  runs: RunStore;
  launcher: Pick<Launcher, 'active'>;
  memory: Memento;
  /** Names of a spec's methods, as far as the spec can be read. */
  methodsOf(specFile: string): string[];
}

export function createPickers({ vscode, specs, runs, launcher, memory, methodsOf }: PickerParts): Pickers {
  const { window, workspace, l10n } = vscode;

  const openSpec = () => {
    const active = window.activeTextEditor?.document;
    return active?.languageId === languageId && active.uri.scheme === 'file' ? active.uri.fsPath : undefined;
  };

  return {
    openSpec,

    spec: async () => {
      const active = openSpec();
      if (active) return active;
      await specs.ready;
      const known = specs.list();
      if (known.length === 0) {
        void window.showInformationMessage(l10n.t('There is no experiment (*.medpeft.json) in this workspace.'));
        return undefined;
      }
      if (known.length === 1) return known[0]?.file;
      const key = 'picked.spec';
      const items = known.map((spec) => ({
        label: spec.name,
        description: workspace.asRelativePath(spec.uri),
        id: spec.file,
      }));
      const picked = await window.showQuickPick(lastFirst(items, [memory.get<string>(key)]), {
        placeHolder: l10n.t('Which experiment?'),
        matchOnDescription: true,
      });
      if (picked) await memory.update(key, picked.id);
      return picked?.id;
    },

    methods: async (specFile) => {
      const key = `picked.methods:${specFile}`;
      const last = memory.get<string[]>(key) ?? [];
      const items = methodsOf(specFile).map((name) => ({ label: name, id: name, picked: last.includes(name) }));
      if (items.length === 0) {
        void window.showInformationMessage(l10n.t('{0} names no methods.', path.basename(specFile)));
        return undefined;
      }
      const picked = await window.showQuickPick(lastFirst(items, last), {
        placeHolder: l10n.t('Which methods?'),
        canPickMany: true,
      });
      if (!picked || picked.length === 0) return undefined;
      const names = picked.map((item) => item.id);
      await memory.update(key, names);
      return names;
    },

    active: async () => {
      const specName = (file: string) => specs.get(file)?.name ?? path.basename(file);
      const started = [...new Set(launcher.active().map((launch) => launch.specFile))];
      const items: (QuickPickItem & { target: PanelTarget })[] = [
        ...started.map((specFile) => ({
          label: `$(beaker) ${specName(specFile)}`,
          description: l10n.t('what goes on of it, and what has not begun'),
          target: { specFile },
        })),
        ...runs
          .list()
          .filter(isActive)
          .map((run) => ({
            label: runLabel(run, runs.ofSpec(runs.specOf(run))),
            description: l10n.t('only this run of {0}', specName(runs.specOf(run))),
            detail: runDescription(run, Date.now(), l10n.t),
            target: { folder: run.folder },
          })),
      ];
      if (items.length === 0) void window.showInformationMessage(l10n.t('No run is going on.'));
      if (items.length <= 1) return items[0]?.target;
      return (await window.showQuickPick(items, { placeHolder: l10n.t('Stop what?') }))?.target;
    },

    run: async (fits, none) => {
      const fitting = runs.list().filter(fits);
      if (fitting.length === 0) {
        void window.showInformationMessage(none);
        return undefined;
      }
      if (fitting.length === 1) return fitting[0];
      const items = fitting.map((run) => ({
        label: runLabel(run, runs.ofSpec(runs.specOf(run))),
        description: [stateText(run.state, l10n.t), specs.get(runs.specOf(run))?.name].filter(Boolean).join(' · '),
        detail: run.state === 'running' ? runDescription(run, Date.now(), l10n.t) : undefined,
        id: run.folder,
      }));
      const picked = await window.showQuickPick(items, { placeHolder: l10n.t('Which run?'), matchOnDescription: true });
      return picked && runs.get(picked.id);
    },
  };
}

/** The items of the last choice first, each group in its order. */
function lastFirst<T extends QuickPickItem & { id: string }>(items: T[], last: readonly (string | undefined)[]): T[] {
  return [...items.filter((item) => last.includes(item.id)), ...items.filter((item) => !last.includes(item.id))];
}
