/** What the plan says of a method's runs: steps and peak memory, and the time by what an earlier run took. */
import { bytes, duration } from '../../runner/text';
import { secondsOf } from '../plans/plan-facts';
import type { HoverSource } from './request';

/** Runs that are shown: a hover is no report. */
const most = 8;

export const planned: HoverSource = ({ document, plans, section, name }) => {
  if (section !== 'methods') return [];
  const facts = plans.of(document);
  const runs = (facts?.planned ?? []).filter(({ method }) => method === name);
  if (!facts && plans.isMaking(document)) return ['Steps and memory are still being planned.'];
  if (runs.length === 0) return [];
  const rows = runs.slice(0, most).map((run) => {
    const seconds = secondsOf(run, facts?.runs ?? []);
    const memory = run.memoryBytes === undefined ? 'unknown' : bytes(run.memoryBytes);
    const time = seconds === undefined ? 'not known before a run' : `about ${duration(seconds)}`;
    return `| ${run.id.replace(/--[0-9a-f]+$/, '')} | ${run.steps.toLocaleString('en')} | ${memory} | ${time} |`;
  });
  const left = runs.length - most;
  return [
    ['| run | steps | peak memory | time |', '| --- | ---: | ---: | ---: |', ...rows].join('\n'),
    ...(left > 0 ? [`and ${left} more: \`medpeft plan\` lists all`] : []),
  ];
};
