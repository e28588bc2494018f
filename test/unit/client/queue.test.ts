/** The queue on a launcher of straw: who starts when, in which order, and what is left after a reload. */
import { describe, expect, it } from 'vitest';
import type { Launch } from '../../../client/runner/launcher';
import { createRunQueue, offerWaiting, type StartRequest } from '../../../client/runner/queue';
import { memento, standIn } from './standIn';

const name = ({ filter, resume }: StartRequest) => resume ?? filter?.methods?.join() ?? 'all';
const request = (method: string): StartRequest => ({ specFile: '/w/a.medpeft.json', filter: { methods: [method] } });
/** Lets promises that are due settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function bench({ room = 1, memory = memento(), fails = false } = {}) {
  const vscode = standIn();
  const changed = new vscode.EventEmitter<void>();
  const active: Launch[] = [];
  const started: string[] = [];
  const begin = async (one: StartRequest) => {
    started.push(name(one));
    if (fails) return undefined;
    const launch = { ...one } as Launch;
    active.push(launch);
    changed.fire();
    return launch;
  };
  const launcher = {
    run: (specFile: string, filter?: StartRequest['filter']) => begin({ specFile, filter }),
    resume: ({ folder, specFile }: { folder: string; specFile: string }) => begin({ specFile, resume: folder }),
    active: () => active,
    onDidChange: changed.event,
  };
  const queue = createRunQueue({ vscode, launcher, room: () => room, memory });
  const end = async (method: string) => {
    active.splice(
      active.findIndex((one) => name(one) === method),
      1,
    );
    changed.fire();
    await settle();
  };
  const waiting = () => queue.waiting().map(name);
  const idOf = (method: string) => queue.waiting().find((one) => name(one) === method)?.id ?? -1;
  return { queue, launcher, started, end, waiting, idOf, memory };
}

describe('createRunQueue', () => {
  it('starts what there is room for, and the next when one ends', async () => {
    const { queue, started, end, waiting } = bench({ room: 2 });
    for (const method of ['a', 'b', 'c', 'd']) void queue.add(request(method));
    await settle();
    expect([started, waiting()]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await end('b');
    expect([started, waiting()]).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('tells whoever added a start when it began, and of one that was taken out that it never will', async () => {
    const { queue, end, idOf } = bench();
    void queue.add(request('a'));
    const [b, c] = [queue.add(request('b')), queue.add(request('c'))];
    await settle();
    queue.remove(idOf('b'));
    expect(await b).toBeUndefined();
    await end('a');
    expect((await c)?.filter?.methods).toEqual(['c']);
  });

  it('takes a start out when its token says so', async () => {
    const { queue, waiting } = bench();
    let cancel = () => {};
    const token = {
      isCancellationRequested: false,
      onCancellationRequested: (listener: () => void) => {
        cancel = listener;
        return { dispose: () => {} };
      },
    };
    void queue.add(request('a'));
    const b = queue.add(request('b'), token as never);
    await settle();
    cancel();
    expect([await b, waiting()]).toEqual([undefined, []]);
  });

  it('is ordered by hand', async () => {
    const { queue, waiting, idOf, started } = bench();
    for (const method of ['a', 'b', 'c', 'd']) void queue.add(request(method));
    await settle();
    queue.move(idOf('d'), -1);
    queue.move(idOf('b'), 1);
    queue.move(idOf('c'), 9); // beyond the end: stays
    expect(waiting()).toEqual(['d', 'b', 'c']);
    await queue.startNow(idOf('b'));
    expect([waiting(), started]).toEqual([
      ['d', 'c'],
      ['a', 'b'],
    ]);
  });

  it('goes on after a start that failed', async () => {
    const { queue, started, waiting } = bench({ fails: true });
    const first = queue.add(request('a'));
    void queue.add(request('b'));
    expect(await first).toBeUndefined();
    await settle();
    expect([started, waiting()]).toEqual([['a', 'b'], []]);
  });

  it('knows a start that goes on or waits', async () => {
    const { queue } = bench();
    void queue.add(request('a'));
    void queue.add(request('b'));
    await settle();
    const resume = { specFile: '/w/a.medpeft.json', resume: '/w/runs/a' };
    expect(['a', 'b', 'c'].map((method) => queue.has(request(method)))).toEqual([true, true, false]);
    expect([queue.has({ specFile: '/w/a.medpeft.json' }), queue.has(resume)]).toEqual([false, false]);
  });

  it.each<[string, string[], string[]]>([
    ['Start', ['b'], []],
    ['Discard', [], []],
    ['', [], ['b']],
  ])('keeps what waits over a restart and asks: %s', async (answer, began, left) => {
    const before = bench();
    void before.queue.add(request('a'));
    void before.queue.add(request('b'));
    await settle();
    const after = bench({ memory: before.memory });
    const vscode = standIn({ window: { showInformationMessage: async () => answer || undefined } });
    await offerWaiting(vscode, after.queue, after.launcher);
    await settle();
    expect([after.started, after.waiting()]).toEqual([began, left]);
  });
});
