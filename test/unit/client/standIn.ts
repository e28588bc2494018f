/** A stand-in for the parts of VS Code that unit tests touch: keeps what it is told. */
import type { Memento } from 'vscode';
import type { VsCode } from '../../../client/vscode';

type Listener<T> = (value: T) => void;

class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T) {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: unknown,
  ) {}
}

class Range {
  constructor(...places: number[]) {
    this.places = places;
  }
  readonly places: number[];
}

/** Memory that lasts as long as the test. */
export function memento(): Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void values.set(key, value),
  } as Memento;
}

/** What a fake test controller was told, in order: `started lora`. */
export interface TestLog {
  lines: string[];
}

interface FakeItem {
  id: string;
  label: string;
  uri: unknown;
  parent?: FakeItem;
  children: Collection;
}

class Collection {
  private items = new Map<string, FakeItem>();
  constructor(private readonly owner?: FakeItem) {}
  add(item: FakeItem) {
    if (this.owner) item.parent = this.owner;
    this.items.set(item.id, item);
  }
  delete(id: string) {
    this.items.delete(id);
  }
  get(id: string) {
    return this.items.get(id);
  }
  replace(items: FakeItem[]) {
    this.items = new Map();
    for (const item of items) this.add(item);
  }
  get size() {
    return this.items.size;
  }
  *[Symbol.iterator]() {
    yield* this.items;
  }
}

export function fakeTests(log: TestLog) {
  const say = (what: string) => (item: FakeItem) => log.lines.push(`${what} ${item.label}`);
  return {
    createTestController: (id: string, label: string) => ({
      id,
      label,
      items: new Collection(),
      createTestItem: (itemId: string, itemLabel: string, uri: unknown) => {
        const item = { id: itemId, label: itemLabel, uri } as FakeItem;
        item.children = new Collection(item);
        return item;
      },
      createTestRun: (_request: unknown, name?: string, persist = true) => {
        log.lines.push(`begin${persist ? '' : ` ${name}, not kept`}`);
        return {
          enqueued: say('enqueued'),
          started: say('started'),
          skipped: say('skipped'),
          passed: say('passed'),
          failed: (item: FakeItem, { expected, actual }: { expected: string; actual: string }) =>
            log.lines.push(`failed ${item.label} | ${expected} | ${actual}`.replaceAll('\n', ' / ')),
          errored: (item: FakeItem, { message }: { message: string }) =>
            log.lines.push(`errored ${item.label} | ${message.replaceAll('\n', ' / ')}`),
          appendOutput: (text: string) => log.lines.push(`output ${text.trimEnd()}`),
          end: () => log.lines.push('end'),
        };
      },
      createRunProfile: (profile: string, kind: number, runHandler: unknown) => {
        profiles.push({ profile, kind, runHandler });
        return { dispose: () => {} };
      },
      invalidateTestResults: say('outdated'),
      dispose: () => {},
    }),
  };
}

export const profiles: { profile: string; kind: number; runHandler: unknown }[] = [];

/** @param more replaces or adds members, one level deep */
export function standIn(more: Record<string, object> = {}): VsCode {
  const nothing = { dispose: () => {} };
  const base: Record<string, object> = {
    EventEmitter,
    ThemeIcon,
    Range,
    ThemeColor: class {},
    TestRunRequest: class {
      constructor(
        readonly include?: unknown,
        readonly exclude?: unknown,
        readonly profile?: unknown,
      ) {}
    },
    Location: class {},
    TestMessage: class {
      constructor(readonly message: string) {}
      static diff(message: string, expected: string, actual: string) {
        return { message, expected, actual };
      }
    },
    TestRunProfileKind: { Run: 1 },
    ProgressLocation: { Notification: 15 },
    Uri: { file: (fsPath: string) => ({ scheme: 'file', fsPath, toString: () => `file://${fsPath}` }) },
    l10n: {
      t: (message: string, ...args: unknown[]) => message.replace(/\{(\d+)\}/g, (_, n) => String(args[Number(n)])),
    },
    commands: { registerCommand: () => nothing, executeCommand: async () => undefined },
    window: { showErrorMessage: async () => undefined, showInformationMessage: async () => undefined },
    workspace: { isTrusted: true, textDocuments: [] },
  };
  for (const [name, members] of Object.entries(more))
    base[name] = typeof members === 'function' ? members : { ...base[name], ...members };
  return base as unknown as VsCode;
}
