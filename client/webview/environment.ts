/** The environment page: what is here to run experiments with, what is missing, and how to get it. */
import './common/page.css';
import './environment/environment.css';
import type { Check, FromEnvironmentPage, ToEnvironmentPage } from '../panels/protocol';
import { element, setText } from './common/dom';
import { connect } from './common/host';
import { t } from './common/l10n';

const words: Record<Check['state'], string> = {
  ok: `✓ ${t('found')}`,
  missing: `✗ ${t('missing')}`,
  note: `– ${t('note')}`,
};
const host = connect<ToEnvironmentPage, FromEnvironmentPage, object>(receive);

const button = (text: string, message: FromEnvironmentPage) => {
  const made = element('button', { type: 'button' }, text);
  made.addEventListener('click', () => host.post(message));
  return made;
};
const again = button(t('Check again'), { type: 'again' });
const summary = element('p', { class: 'summary', role: 'status' });
const problem = element('p', { class: 'problem', role: 'alert', hidden: true });
const list = element('div');

document
  .getElementById('page')!
  .append(
    element('header', {}, element('h1', {}, t('Environment')), again),
    summary,
    problem,
    list,
    element(
      'div',
      { class: 'controls' },
      button(t('Copy report'), { type: 'copy' }),
      button(t('Choose another Node…'), { type: 'settings' }),
    ),
  );

function receive(message: ToEnvironmentPage): void {
  problem.hidden = message.type !== 'problem';
  if (message.type === 'problem') {
    setText(problem, message.message);
    return;
  }
  const { checks, going } = message;
  again.disabled = going;
  const missing = checks.filter(({ state }) => state === 'missing').length;
  const found =
    missing === 0
      ? t('Nothing is missing.')
      : missing === 1
        ? t('1 thing is missing.')
        : t('{0} things are missing.', missing);
  setText(summary, going ? t('Looking …') : found);
  const areas = [...new Set(checks.map(({ area }) => area))];
  list.replaceChildren(
    ...areas.map((area) => {
      const items = checks.filter((check) => check.area === area).map(itemOf);
      return element('section', {}, element('h2', {}, area), element('ul', { class: 'checks' }, ...items));
    }),
  );
}

function itemOf({ name, state, text, hint, command, output, specFile }: Check): HTMLElement {
  const tried = command
    ? element(
        'details',
        {},
        element('summary', {}, t('What was tried')),
        element('pre', {}, `$ ${command}`),
        output ? element('pre', {}, output) : undefined,
      )
    : undefined;
  const open = specFile ? button(t('Open'), { type: 'open', specFile }) : undefined;
  open?.classList.add('quiet');
  open?.setAttribute('aria-label', t('Open {0}', name));
  return element(
    'li',
    { 'data-state': state },
    element('span', { class: 'state' }, words[state]),
    element(
      'div',
      {},
      element('p', {}, element('strong', {}, name), ` ${text}`, open),
      hint ? element('p', { class: 'hint' }, hint) : undefined,
      tried,
    ),
  );
}

host.begin({ type: 'ready' });
