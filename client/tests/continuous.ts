/** Continuous runs: when a spec, its data or its checkpoint has changed, what became new among the chosen tests is run. */
import type { CancellationToken, TestItem, TestRunRequest } from 'vscode';
import type { VsCode } from '../vscode';
import { findItem, type Suite } from './suite';

export interface Continuous {
  /** Begins to watch; ends with the token. Nothing is run before something changes. */
  watch(request: TestRunRequest, token: CancellationToken): void;
  /** A suite was planned anew. */
  changed(suite: Suite): void;
}

interface Watched {
  request: TestRunRequest;
  token: CancellationToken;
  /** Suites of which a run goes on, and those that changed since it began. */
  going: Set<Suite>;
  again: Set<Suite>;
}

/** @param run settled when the runs behind the request have ended */
export function createContinuous(
  { TestRunRequest: Request }: VsCode,
  run: (request: TestRunRequest, token: CancellationToken) => Promise<void>,
): Continuous {
  const watched = new Set<Watched>();

  const start = async (one: Watched, suite: Suite): Promise<void> => {
    const include = itemsIn(suite, one.request.include);
    if (include.length === 0) return;
    if (one.going.has(suite)) return void one.again.add(suite);
    one.going.add(suite);
    try {
      do {
        one.again.delete(suite);
        await run(
          new Request(itemsIn(suite, one.request.include), one.request.exclude, one.request.profile),
          one.token,
        );
      } while (one.again.has(suite) && !one.token.isCancellationRequested);
    } finally {
      one.going.delete(suite);
    }
  };

  return {
    watch(request, token) {
      const one: Watched = { request, token, going: new Set(), again: new Set() };
      watched.add(one);
      token.onCancellationRequested(() => watched.delete(one));
    },
    changed(suite) {
      for (const one of watched) void start(one, suite);
    },
  };
}

/** The chosen items as they are now: planning makes new ones of the same ids. */
function itemsIn(suite: Suite, include: readonly TestItem[] | undefined): TestItem[] {
  if (!include) return [suite.item];
  return include.flatMap(({ id }) => (id === suite.item.id ? [suite.item] : (findItem(suite.item, id) ?? [])));
}
