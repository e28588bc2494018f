/**
 * The queue: starts wait for their turn, so that runs do not take the machine from each other. What waits is kept with the workspace and goes
 * on to wait after a reload; what has started is a process of its own and needs no window.
 */
import type { CancellationToken, Disposable, Event, Memento } from 'vscode';
import { disposables } from '../disposables';
import type { VsCode } from '../vscode';
import type { RunFilter } from './launch';
import type { Launch, Launcher } from './launcher';

/** What is to be started: chosen runs of a spec, or one run from its last checkpoint on. */
export interface StartRequest {
  specFile: string;
  filter?: RunFilter;
  /** Absolute folder of the run to resume. */
  resume?: string;
}

export interface Waiting extends StartRequest {
  id: number;
}

export interface RunQueue extends Disposable {
  /** Starts at once if there is room, else when it is its turn. Undefined when it was taken out before, or could not start, which the user was told. */
  add(request: StartRequest, token?: CancellationToken): Promise<Launch | undefined>;
  /** Whether the same start goes on or waits already. */
  has(request: StartRequest): boolean;
  /** Those that wait, the next one first. */
  waiting(): readonly Waiting[];
  /** Moves one ahead (-1) or back (1). */
  move(id: number, by: number): void;
  remove(id: number): void;
  /** Starts one now, whether there is room or not. */
  startNow(id: number): Promise<Launch | undefined>;
  /** Goes on with what waited when the window was closed. Nothing of that starts by itself while no start of before goes on. */
  fill(): void;
  readonly onDidChange: Event<void>;
}

export interface QueueParts {
  vscode: Pick<VsCode, 'EventEmitter'>;
  launcher: Pick<Launcher, 'run' | 'resume' | 'active' | 'onDidChange'>;
  /** How many starts may go on at once. */
  room(): number;
  /** Of the workspace. */
  memory: Memento;
}

const key = 'queue';

export function createRunQueue({ vscode, launcher, room, memory }: QueueParts): RunQueue {
  const held = disposables();
  const changed = held.add(new vscode.EventEmitter<void>());
  let list: Waiting[] = memory.get<Waiting[]>(key) ?? [];
  let nextId = Math.max(0, ...list.map(({ id }) => id)) + 1;
  /** Who waits for a start; after a reload nobody does. */
  const promised = new Map<number, (launch: Launch | undefined) => void>();
  /** Starts that were given away and are not among the launcher's yet. */
  let starting = 0;

  const set = (next: Waiting[]) => {
    list = next;
    void memory.update(key, list);
    changed.fire();
  };

  const launch = ({ specFile, filter, resume }: StartRequest) =>
    resume === undefined ? launcher.run(specFile, filter) : launcher.resume({ folder: resume, specFile });

  const begin = async (entry: Waiting): Promise<Launch | undefined> => {
    starting++;
    set(list.filter(({ id }) => id !== entry.id));
    let launched: Launch | undefined;
    try {
      launched = await launch(entry);
    } finally {
      starting--;
      promised.get(entry.id)?.(launched);
      promised.delete(entry.id);
      fill();
    }
    return launched;
  };

  /** Starts as many as there is room for. */
  const fill = () => {
    while (list[0] && launcher.active().length + starting < room()) void begin(list[0]);
  };

  const remove = (id: number) => {
    if (!list.some((entry) => entry.id === id)) return;
    set(list.filter((entry) => entry.id !== id));
    promised.get(id)?.(undefined);
    promised.delete(id);
  };

  held.add(launcher.onDidChange(fill));
  return {
    add: (request, token) => {
      const entry = { ...request, id: nextId++ };
      const started = new Promise<Launch | undefined>((resolve) => promised.set(entry.id, resolve));
      token?.onCancellationRequested(() => remove(entry.id));
      set([...list, entry]);
      fill();
      return started;
    },
    has: (request) => [...list, ...launcher.active()].some((one) => sameStart(one, request)),
    waiting: () => list,
    move: (id, by) => {
      const from = list.findIndex((entry) => entry.id === id);
      const to = from + by;
      if (from < 0 || to < 0 || to >= list.length) return;
      const next = list.filter((entry) => entry.id !== id);
      next.splice(to, 0, list[from]!);
      set(next);
    },
    remove,
    fill,
    startNow: async (id) => {
      const entry = list.find((one) => one.id === id);
      return entry && begin(entry);
    },
    onDidChange: changed.event,
    dispose: () => held.dispose(),
  };
}

/** After a restart asks what to do with what waited, if nothing goes on whose end it could wait for. */
export async function offerWaiting(
  { window, l10n }: VsCode,
  queue: RunQueue,
  launcher: Pick<Launcher, 'active'>,
): Promise<void> {
  const n = queue.waiting().length;
  if (n === 0 || launcher.active().length > 0) return;
  const [start, discard] = [l10n.t('Start'), l10n.t('Discard')];
  const answer = await window.showInformationMessage(
    l10n.t('{0} starts still wait in the MedPEFT queue.', n),
    start,
    discard,
  );
  if (answer === start) queue.fill();
  else if (answer === discard) for (const { id } of queue.waiting()) queue.remove(id);
}

function sameStart(one: StartRequest, other: StartRequest): boolean {
  const parts = ({ specFile, filter = {}, resume }: StartRequest) => JSON.stringify([specFile, filter, resume]);
  return parts(one) === parts(other);
}
