/** What a command is about: code lenses, menus and the Test Explorer each say it in their own way. */
import { URI } from 'vscode-uri';
import type { PanelTarget } from '../services';

export interface CommandTarget extends PanelTarget {
  methods?: string[];
  /** A start that waits in the queue. */
  waiting?: number;
}

/**
 * Understands a code lens's `{spec: uri, methods?}`, a node of the Runs view, a test item or anything else with a `uri`, and a URI itself.
 * Anything else, also from other extensions, is no target.
 */
export function targetOf(argument: unknown): CommandTarget {
  if (typeof argument !== 'object' || argument === null) return {};
  const { kind, specFile, folder, waiting, spec, methods, uri } = argument as Record<string, unknown>;
  if (kind === 'run' && typeof folder === 'string') return { folder };
  if (kind === 'waiting' && typeof waiting === 'number') return { waiting };
  if (kind === 'spec' && typeof specFile === 'string') return { specFile };
  const file = fileOf(spec) ?? fileOf(uri) ?? fileOf(argument);
  if (!file) return {};
  const names = Array.isArray(methods) ? methods.filter((name): name is string => typeof name === 'string') : [];
  return { specFile: file, ...(names.length > 0 ? { methods: names } : {}) };
}

function fileOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value.startsWith('file:')) return URI.parse(value).fsPath;
  if (typeof value !== 'object' || value === null) return undefined;
  const { scheme, fsPath } = value as Record<string, unknown>;
  return scheme === 'file' && typeof fsPath === 'string' ? fsPath : undefined;
}
