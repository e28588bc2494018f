/** Tests that share images, patients or questions with what was trained or chosen on: their scores say less about new data than they seem to. */
import type { Task } from '../../../schemas/generated/spec';
import { imageOf } from '../../data/hold_out';
import { eachAnswer } from '../../data/task_items';
import type { ResolvedSplits, TaskItem } from '../../data/types';
import type { Finding } from '../report';

/** One finding a test split: a warning where a question on the same image was trained on, information where only images or patients were. */
export function leaks(name: string, task: Task, { train, validation, test, transfer }: ResolvedSplits): Finding[] {
  const seen = [...train.flatMap(eachAnswer), ...validation];
  return (['test', 'transfer'] as const).flatMap((role) =>
    (task[role] ?? []).flatMap((reference, i): Finding[] => {
      // A split that is itself trained on is reported as such.
      if (task.train?.includes(reference)) return [];
      const items = { test, transfer }[role].get(reference) ?? [];
      const shared = [
        share(seen, items, 'questions', (item) => JSON.stringify([imageOf(item), item.question.toLowerCase()])),
        share(seen, items, 'images', imageOf),
        share(seen, items, 'patients', ({ dataset, patient }) => patient && `${dataset}/${patient}`),
      ].filter(({ count }) => count > 0);
      if (shared.length === 0) return [];
      const asked = shared[0]!.what === 'questions';
      const counts = shared.map(({ what, count, of }) => `${count === of ? 'all' : `${count} of`} its ${of} ${what}`);
      return [
        {
          code: 'MP2009',
          severity: asked ? 'warning' : 'information',
          path: ['tasks', name, role, i],
          message: `"${reference}" shares ${counts.join(', ')} with what is trained or chosen on`,
          hint: asked
            ? 'such questions test what was memorised: leave them out with `filter`, or say so beside the scores'
            : 'scores then speak of new questions, not of new images: say so beside them, or test on other images',
          related: (task.train ?? []).map((trained, j) => ({
            path: ['tasks', name, 'train', j],
            message: `"${trained}" is trained on here`,
          })),
        },
      ];
    }),
  );
}

/** How many of the things that `items` are about occur in `seen`; an item may not say what it is about. */
function share(
  seen: readonly TaskItem[],
  items: readonly TaskItem[],
  what: string,
  keyOf: (item: TaskItem) => string | undefined,
) {
  const known = new Set(seen.map(keyOf));
  const all = [...new Set(items.map(keyOf))].filter((key) => key !== undefined);
  return { what, count: all.filter((key) => known.has(key)).length, of: all.length };
}
