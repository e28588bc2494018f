/** What the records of a data set are: its splits, kinds of answers, and what was found in them. */
import { answersText, datasetOf, many } from '../datasets';
import type { HoverSource } from './request';

/** Findings that are shown: a hover is no report. */
const most = 6;

export const datasets: HoverSource = async ({ document, facts, section, name }) => {
  const settings = section === 'datasets' ? datasetOf(document, name) : undefined;
  if (!settings) return [];
  const found = await facts.dataset(settings);
  if ('problem' in found) return [`Records: ${found.problem}`];
  const count = (value: number) => value.toLocaleString('en');
  const rows = found.splits.map(
    ({ split, items, images, patients, answers }) =>
      `| ${split} | ${count(items)} | ${count(images)} | ${patients === undefined ? '' : count(patients)} | ${answersText(answers)} |`,
  );
  const findings = found.findings.map(
    ({ message, splits, count: times, of }) =>
      `- ${splits.length > 0 ? `${splits.join(', ')}: ` : ''}${count(times)}${of === undefined ? '' : ` of ${count(of)}`} ${message}`,
  );
  const left = findings.length - most;
  return [
    [
      `| split${settings.filter ? ', filtered' : ''} | items | images | patients | answers |`,
      '| --- | ---: | ---: | ---: | --- |',
      ...rows,
    ].join('\n'),
    ...(found.missingImages > 0
      ? [
          `${many(found.missingImages, 'image')} that records name ${found.missingImages === 1 ? 'is' : 'are'} not there.`,
        ]
      : []),
    ...(findings.length > 0 ? [findings.slice(0, most).join('\n')] : []),
    ...(left > 0 ? [`and ${left} more: \`medpeft inspect data\` lists all`] : []),
  ];
};
