/** One item at large: the image, what was asked, expected and answered, and every score. */
import type { ResultItem } from '../../panels/protocol';
import { element } from '../common/dom';
import { figure } from '../common/words';
import type { Verdict } from './filter';
import { verdictWords } from './itemList';

export function details(item: ResultItem, verdict: Verdict): HTMLElement {
  const facts: [string, string][] = [
    ['Question', item.question],
    ['Reference', item.reference],
    ['Prediction', item.prediction],
    ['Verdict', verdictWords[verdict]],
    ...(item.answerType ? [['Answer type', item.answerType] as [string, string]] : []),
    ...(item.questionType ? [['Question type', item.questionType] as [string, string]] : []),
    ...Object.entries(item.scores).map(([metric, score]): [string, string] => [
      metric,
      score === null ? 'does not apply' : figure(score),
    ]),
    ['Item', item.id],
  ];
  return element(
    'article',
    { class: 'details', 'data-item': item.id, 'data-verdict': verdict },
    imageOf(item),
    element(
      'dl',
      {},
      ...facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text || '(empty)')]),
    ),
  );
}

function imageOf({ image, question, id }: ResultItem): HTMLElement {
  if (!image) return element('p', { class: 'empty' }, 'This item names no image.');
  const shown = element('img', { src: image, alt: `Image of item ${id}, about which was asked: ${question}` });
  const figureBox = element('figure', {}, shown);
  shown.addEventListener('error', () => {
    figureBox.replaceChildren(
      element(
        'p',
        { class: 'empty' },
        'The image cannot be shown: the file is gone, or of a kind that VS Code does not show.',
      ),
    );
  });
  return figureBox;
}
