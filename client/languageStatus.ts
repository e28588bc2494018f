/** The status items of the language server, beside the language of a spec: its state with Restart; its times and limits with Show Log. */
import type { Disposable, LanguageStatusItem } from 'vscode';
import { disposables } from './disposables';
import { languageId } from './ids';
import type { VsCode } from './vscode';

export type ServerState = 'starting' | 'running' | 'stopped';

/** What the server says of itself (`medpeft/status`). */
export interface ServerStatus {
  busy: boolean;
  plannedMs?: number;
  limits: string[];
}

export interface LanguageStatus extends Disposable {
  state(state: ServerState): void;
  status(status: ServerStatus): void;
}

export function createLanguageStatus({ languages, l10n, LanguageStatusSeverity }: VsCode): LanguageStatus {
  const { t } = l10n;
  const held = disposables();
  const make = (id: string, name: string, command: LanguageStatusItem['command']) => {
    const item = held.add(languages.createLanguageStatusItem(id, { language: languageId }));
    item.name = name;
    item.command = command;
    return item;
  };
  const state = make('medpeft.server', t('MedPEFT Language Server'), {
    title: t('Restart'),
    command: 'medpeft.restartLanguageServer',
  });
  const times = make('medpeft.serverTimes', t('MedPEFT Plan'), {
    title: t('Show Log'),
    command: 'medpeft.showLanguageServerLog',
  });
  times.text = t('No plan yet');
  return {
    state(now) {
      const texts = { starting: t('Starting'), running: t('Running'), stopped: t('Stopped') };
      state.text = t('MedPEFT: {0}', texts[now]);
      state.busy = now === 'starting';
      state.severity = now === 'stopped' ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    },
    status({ busy, plannedMs, limits }) {
      times.busy = busy;
      times.text = plannedMs === undefined ? t('No plan yet') : t('Planned in {0} s', (plannedMs / 1000).toFixed(1));
      times.detail = limits.length > 0 ? t('Shown in part: {0}', limits.join('; ')) : t('No limit reached');
      times.severity = limits.length > 0 ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    },
    dispose: () => held.dispose(),
  };
}
