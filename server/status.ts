/** What the server is doing and how long it took, for the status item of an editor that asks for it (`initializationOptions.status`). */
import type { Connection, InitializeParams } from 'vscode-languageserver/node';
import { field } from './known-names';
import type { Plans } from './plans/plans';

/** Parameters of the notification `medpeft/status`. */
export interface StatusParams {
  /** Whether a plan is being made. */
  busy: boolean;
  /** Milliseconds that the last plan took. */
  plannedMs?: number;
  /** Answers that were cut, in words. */
  limits: string[];
}

export const statusMethod = 'medpeft/status';

export interface Status {
  /** What was cut in answers for a document; empty once nothing is. */
  limited(uri: string, what: string, limit: number | undefined): void;
  forget(uri: string): void;
  start(params: InitializeParams): void;
}

export function createStatus(connection: Connection, plans: Plans): Status {
  const limits = new Map<string, Map<string, number>>();
  let wanted = false;
  let last = '';
  const tell = () => {
    const cut = [...limits.values()].flatMap((of) => [...of].map(([what, limit]) => `${what}: the first ${limit}`));
    const params: StatusParams = { busy: plans.busy(), plannedMs: plans.lastTook(), limits: [...new Set(cut)] };
    const said = JSON.stringify(params);
    if (!wanted || said === last) return;
    last = said;
    void connection.sendNotification(statusMethod, params);
  };
  plans.onChange(tell);
  return {
    limited(uri, what, limit) {
      const of = limits.get(uri) ?? new Map<string, number>();
      if (limit === undefined) of.delete(what);
      else of.set(what, limit);
      limits.set(uri, of);
      tell();
    },
    forget(uri) {
      limits.delete(uri);
      tell();
    },
    start({ initializationOptions }) {
      wanted = field(initializationOptions, 'status') === true;
    },
  };
}
