/** One item at large: the image, what was asked and expected, and what each run answered, with the reader's notes. */
import type { ImageOptions, ItemAnswer, Note, ResultItem } from '../../panels/protocol';
import { element } from '../common/dom';
import { t } from '../common/l10n';
import { figure } from '../common/words';
import { imageView } from './imageView';
import { noteEditor } from './noteEditor';
import type { RenderedImage } from './renderedImage';
import { verdictWords } from './verdicts';
import { wordDiff } from './wordDiff';

export interface DetailsEvents {
  onNote(run: string, note: Note): void;
  onRecord(): void;
  /** Asks for the item's image, rendered with these options. */
  onPicture(options: ImageOptions): void;
}

export interface Details {
  root: HTMLElement;
  /** Shows a picture that came, where one is shown. */
  receive: RenderedImage['receive'];
}

/** From so many words on a reference is compared word by word. */
const longText = 4;

export function details(
  item: ResultItem,
  runs: readonly { run: string; label: string }[],
  events: DetailsEvents,
): Details {
  const image = imageView(item, events.onPicture);
  const record = element('button', { type: 'button', class: 'record' }, t('Open its record'));
  record.addEventListener('click', () => events.onRecord());
  const root = element(
    'article',
    { class: 'details', 'data-item': item.id },
    image.root,
    element(
      'dl',
      {},
      ...pairs([
        [t('Question'), item.question],
        [t('Reference'), item.reference],
      ]),
    ),
    ...item.answers.map((answer, r) => answerOf(item, answer, runs[r]!, runs.length > 1, events)),
    element(
      'dl',
      { class: 'facts' },
      ...pairs([...Object.entries(item.facets).filter(([, value]) => value !== ''), [t('item'), item.id]]),
    ),
    record,
  );
  return { root, receive: (picture) => image.rendered()?.receive(picture) };
}

function answerOf(
  { reference }: ResultItem,
  { prediction, verdict, scores, note }: ItemAnswer,
  { run, label }: { run: string; label: string },
  named: boolean,
  { onNote }: DetailsEvents,
): HTMLElement {
  const long = reference.split(/\s+/).length >= longText;
  return element(
    'section',
    { class: 'answer', 'data-run': run, 'data-verdict': verdict, 'aria-label': t('Answer of {0}', label) },
    named && element('h3', {}, label),
    element(
      'dl',
      {},
      element('dt', {}, t('Prediction')),
      element('dd', { class: 'prediction' }, prediction || t('(empty)')),
      ...(long
        ? [element('dt', {}, t('Word by word')), element('dd', { class: 'diff' }, ...diffOf(reference, prediction))]
        : []),
      ...pairs([
        [t('Verdict'), verdictWords[verdict]],
        ...Object.entries(scores).map(([metric, score]): [string, string] => [
          metric,
          score === null ? t('does not apply') : figure(score),
        ]),
      ]),
    ),
    noteEditor(note ?? {}, label, (changed) => onNote(run, changed)),
  );
}

/** Words that only the reference has are struck through, words that only the prediction has underlined. */
function diffOf(reference: string, prediction: string): (Node | string)[] {
  const tags = { same: 'span', missing: 'del', extra: 'ins' } as const;
  return wordDiff(reference, prediction).flatMap(({ kind, words }) => [element(tags[kind], {}, words), ' ']);
}

function pairs(facts: readonly [string, string][]): HTMLElement[] {
  return facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text || t('(empty)'))]);
}
