/** What the plan says of a method's runs: steps and peak memory. */
import { bytes } from '../../runner/text';
import type { HoverSource } from './request';

/** Runs that are shown: a hover is no report. */
const most = 8;

export const planned: HoverSource = ({ document, plans, section, name }) => {
  if (section !== 'methods') return [];
  const facts = plans.of(document);
  const runs = (facts?.planned ?? []).filter(({ method }) => method === name);
  if (!facts && document.onDisk && document.spec.spec) return ['Steps and memory are still being planned.'];
  if (runs.length === 0) return [];
  const rows = runs
    .slice(0, most)
    .map(
      ({ id, steps, memoryBytes }) =>
        `| ${id.replace(/--[0-9a-f]+$/, '')} | ${steps.toLocaleString('en')} | ${memoryBytes === undefined ? 'unknown' : bytes(memoryBytes)} |`,
    );
  const left = runs.length - most;
  return [
    ['| run | steps | peak memory |', '| --- | ---: | ---: |', ...rows].join('\n'),
    ...(left > 0 ? [`and ${left} more: \`medpeft plan\` lists all`] : []),
  ];
};
