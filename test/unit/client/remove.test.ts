import { describe, expect, it } from 'vitest';
import { deleteRun } from '../../../client/runs/remove';
import { fakeStore, run } from './runs';
import { standIn } from './standIn';

const finished = run({ method: 'lora', state: 'finished' });

/** @param answers to the questions, in order; @param trash whether the disk has one; @param now how the run stands when the answer comes */
async function removed(answers: (string | undefined)[], { trash = true, now = finished } = {}) {
  const deleted: object[] = [];
  const told: string[] = [];
  const vscode = standIn({
    window: {
      showWarningMessage: async () => answers.shift(),
      showErrorMessage: async (text: string) => void told.push(text),
    },
    workspace: {
      fs: {
        delete: async (uri: { fsPath: string }, { useTrash }: { useTrash: boolean }) => {
          if (useTrash && !trash) throw new Error('no trash here');
          deleted.push([uri.fsPath, useTrash]);
        },
      },
    },
  });
  const store = { ...fakeStore([now]), refresh: async () => {} };
  const gone = await deleteRun(vscode, store, finished, 'Delete');
  return { gone, deleted, told };
}

describe('deleteRun', () => {
  const { folder } = finished;
  it.each<[string, (string | undefined)[], { trash?: boolean }, boolean, object[]]>([
    ['moves the folder to the trash', ['Delete'], {}, true, [[folder, true]]],
    ['does nothing without a yes', [undefined], {}, false, []],
    ['asks again where there is no trash', ['Delete', 'Delete Permanently'], { trash: false }, true, [[folder, false]]],
    ['keeps the folder without a second yes', ['Delete', undefined], { trash: false }, false, []],
  ])('%s', async (_what, answers, options, gone, deleted) => {
    expect(await removed(answers, options)).toMatchObject({ gone, deleted });
  });

  it('leaves a run alone that was resumed meanwhile', async () => {
    const now = run({ method: 'lora', state: 'running' });
    const { gone, deleted, told } = await removed(['Delete'], { now });
    expect([gone, deleted, told]).toEqual([false, [], [`${finished.id} goes on: stop it first.`]]);
  });
});
