import { expect, it } from 'vitest';
import { createPickers } from '../../../client/commands/pick';
import type { KnownSpec, SpecIndex } from '../../../client/specs';
import { fakeStore, run } from './runs';
import { memento, standIn } from './standIn';

interface Offered {
  label: string;
  picked?: boolean;
}

/** Pickers of a window; `answer` takes what the user chooses of what is offered. */
function pickers(
  answer: (items: Offered[]) => unknown,
  names: readonly string[] = ['a', 'b', 'c'],
  memory = memento(),
) {
  const offered: string[][] = [];
  const said: string[] = [];
  const vscode = standIn({
    window: {
      showQuickPick: async (items: Offered[]) => {
        offered.push(items.map(({ label, picked }) => (picked ? `${label} ✓` : label)));
        return answer(items);
      },
      showInformationMessage: async (text: string) => void said.push(text),
    },
    workspace: { asRelativePath: ({ fsPath }: { fsPath: string }) => fsPath },
  });
  const known = names.map(
    (name) => ({ file: `/w/${name}.medpeft.json`, name, uri: vscode.Uri.file(name) }) as KnownSpec,
  );
  const specs: SpecIndex = {
    list: () => known,
    get: (file) => known.find((spec) => spec.file === file),
    outputDirs: () => [],
    onDidChange: new vscode.EventEmitter<readonly string[]>().event,
    ready: Promise.resolve(),
    dispose: () => {},
  };
  const runs = fakeStore([
    run({ method: 'lora', state: 'running' }),
    run({ method: 'ffn', state: 'finished' }),
    run({ method: 'full', state: 'failed' }),
  ]);
  const launcher = { active: () => [] };
  const pick = createPickers({ vscode, specs, runs, launcher, memory, methodsOf: () => ['base', 'ffn', 'lora'] });
  return { pick, offered, said, memory };
}

const labelled = (...labels: string[]) => {
  return (items: Offered[]) => items.filter(({ label }) => labels.includes(label));
};

it('offers the experiment that was chosen last first, also in the next window', async () => {
  const first = pickers((items) => labelled('b')(items)[0]);
  expect(await first.pick.spec()).toBe('/w/b.medpeft.json');
  const next = pickers(() => undefined, undefined, first.memory);
  expect(await next.pick.spec()).toBeUndefined();
  expect([...first.offered, ...next.offered]).toEqual([
    ['a', 'b', 'c'],
    ['b', 'a', 'c'],
  ]);
});

it.each<[string, string[], string | undefined, string[]]>([
  ['the only experiment', ['a'], '/w/a.medpeft.json', []],
  ['none', [], undefined, ['There is no experiment (*.medpeft.json) in this workspace.']],
])('asks nothing where there is %s', async (_what, names, chosen, told) => {
  const { pick, offered, said } = pickers(() => undefined, names);
  expect([await pick.spec(), offered, said]).toEqual([chosen, [], told]);
});

it('remembers the methods of each experiment', async () => {
  const first = pickers(labelled('lora', 'ffn'));
  expect(await first.pick.methods('/w/a.medpeft.json')).toEqual(['ffn', 'lora']);
  const next = pickers(labelled(), undefined, first.memory);
  expect(await next.pick.methods('/w/a.medpeft.json')).toBeUndefined();
  expect(await next.pick.methods('/w/b.medpeft.json')).toBeUndefined();
  expect(next.offered).toEqual([
    ['ffn ✓', 'lora ✓', 'base'],
    ['base', 'ffn', 'lora'],
  ]);
});

it('offers the runs that fit, takes the only one, and says when there is none', async () => {
  const { pick, offered, said } = pickers((items) => items[1]);
  const ended = await pick.run(({ state }) => state !== 'running', 'none has ended');
  const failed = await pick.run(({ state }) => state === 'failed', 'none has failed');
  const queued = await pick.run(({ state }) => state === 'queued', 'none waits');
  expect([ended, failed, queued].map((one) => one?.manifest.method)).toEqual(['full', 'full', undefined]);
  expect([offered, said]).toEqual([[['ffn', 'full']], ['none waits']]);
});
