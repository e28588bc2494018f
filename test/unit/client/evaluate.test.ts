import { expect, it } from 'vitest';
import type { Answer } from '../../../client/runner/launcher';
import { evaluateRun } from '../../../client/runs/evaluate';
import { fakeStore, run } from './runs';
import { standIn } from './standIn';

const finished = run({ method: 'lora', state: 'finished' });

async function evaluated(choice: string | undefined, answer: Partial<Answer> | undefined) {
  const asked: string[] = [];
  const told: string[] = [];
  let offered: string[] = [];
  const vscode = standIn({
    window: {
      showQuickPick: async (items: { label: string }[]) => {
        offered = items.map(({ label }) => label);
        return items.find(({ label }) => label === choice);
      },
      withProgress: (_options: object, task: (progress: object, token: object) => unknown) => task({}, {}),
      showTextDocument: async ({ fsPath }: { fsPath: string }) => void told.push(`shows ${fsPath}`),
      showErrorMessage: async (text: string) => void told.push(text),
    },
  });
  const ask = async (args: string[]) => {
    asked.push(args.join(' '));
    return answer && { code: 0, lastWords: '', logFile: '/l/1.log', stopped: false, ...answer };
  };
  await evaluateRun(
    { vscode, runs: fakeStore([finished]), launcher: { ask }, tasksOf: () => ['other', 'vqa'] },
    finished,
  );
  return { offered, asked, told };
}

const { folder } = finished;
it.each<[string, string | undefined, Partial<Answer> | undefined, string[], string[]]>([
  ['its own task', 'vqa', {}, [`evaluate ${folder}`], ['shows /l/1.log']],
  ['another task', 'other', {}, [`evaluate ${folder} --task=other`], ['shows /l/1.log']],
  ['no task', undefined, {}, [], []],
  [
    'a task it cannot do',
    'other',
    { code: 1, lastWords: 'MP1102 no' },
    [`evaluate ${folder} --task=other`],
    ['lora was not evaluated: MP1102 no'],
  ],
  ['a task until stopped', 'vqa', { code: null, stopped: true }, [`evaluate ${folder}`], []],
  ['what could not start', 'vqa', undefined, [`evaluate ${folder}`], []],
])('evaluates on %s', async (_what, choice, answer, asked, told) => {
  expect(await evaluated(choice, answer)).toEqual({ offered: ['vqa', 'other'], asked, told });
});
