/** The reader's notes as one CSV file: a line an item and run, with what it was about. */
import type { RunSummary } from '../runs';
import { csvLine } from './csv_fields';
import { joinItems } from './joined_items';

const header = [
  'run',
  'method',
  'seed',
  'predictions',
  'item',
  'question',
  'reference',
  'prediction',
  'verdict',
  'flagged',
  'note',
];

/** @throws MP4003 for damaged notes or predictions */
export function renderNotes(runs: readonly RunSummary[]): string {
  const lines = runs.flatMap((run) => {
    const { method, seed } = run.manifest;
    return joinItems([run]).flatMap((set) =>
      set.items.flatMap(({ id, question, reference, answers: [answer] }) =>
        answer?.note
          ? [
              [
                run.id,
                method,
                seed,
                set.id,
                id,
                question,
                reference,
                answer.prediction,
                answer.verdict,
                answer.note.flagged ?? false,
                answer.note.text,
              ],
            ]
          : [],
      ),
    );
  });
  return [header, ...lines].map(csvLine).join('');
}
