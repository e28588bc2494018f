/** What a name is and its settings. */
import { field, titleOf } from '../known-names';
import type { HoverSource } from './request';

export const meaning: HoverSource = ({ section, name, settings }) => {
  const shown = JSON.stringify(settings, null, 1)?.replaceAll(/\n\s*/g, ' ');
  const settingsOf = shown && shown !== '{}' ? [`\`\`\`json\n${shown}\n\`\`\``] : [];
  const untuned =
    section === 'methods' && field(settings, 'components') === undefined && field(settings, 'combine') === undefined;
  return [
    `**${name}**: ${titleOf(section, settings)}`,
    ...(untuned ? ['The untuned base (zero-shot).'] : []),
    ...settingsOf,
  ];
};
