/** The reader's flag and note on an answer. */
import type { Note } from '../../panels/protocol';
import { element, labelled } from '../common/dom';
import { t } from '../common/l10n';

/** @param onChange hears what is to be kept: at once for the flag, when the field is left for the text */
export function noteEditor(note: Note, label: string, onChange: (note: Note) => void): HTMLElement {
  let { flagged = false, text = '' } = note;
  const changed = () => onChange({ ...(flagged ? { flagged } : {}), ...(text ? { text } : {}) });
  const flag = element(
    'button',
    {
      type: 'button',
      class: 'flag',
      'aria-pressed': String(flagged),
      'aria-label': t('Flag the answer of {0}', label),
    },
    flagText(flagged),
  );
  flag.addEventListener('click', () => {
    flagged = !flagged;
    flag.textContent = flagText(flagged);
    flag.setAttribute('aria-pressed', String(flagged));
    changed();
  });
  const words = element('textarea', { rows: 2, 'aria-label': t('Note on the answer of {0}', label) });
  words.value = text;
  words.addEventListener('change', () => {
    text = words.value.trim();
    changed();
  });
  return element('div', { class: 'note' }, flag, labelled(t('Note'), words));
}

const flagText = (flagged: boolean) => (flagged ? `⚑ ${t('flagged')}` : `⚐ ${t('flag')}`);
