import { expect, it } from 'vitest';
import { type Plot, plotsOf, pointsOf } from '../../../runner/reports/plot';
import { renderSvg } from '../../../runner/reports/svg';
import type { ComparisonRow, ComparisonSection } from '../../../runner/reports/table';

function row(label: string, percent: number, value: number, kind: ComparisonRow['kind'] = 'method'): ComparisonRow {
  return {
    kind,
    label,
    settings: {},
    folders: [],
    seeds: [0],
    trainable: percent,
    percent,
    cells: [{ value, n: 10, low: value - 0.1, high: value + 0.1 }],
    differences: [undefined],
    blank: [undefined],
    drops: [undefined],
    remarks: [],
  };
}

function section(...rows: ComparisonRow[]): ComparisonSection {
  const columns = [{ test: 'rad/test', metric: 'exact_match', role: 'test' as const }];
  return { model: 'tiny', task: 'vqa', columns, rows, correction: 'holm', notes: [] };
}

const rows = [
  row('constant_answer', 0, 0.2, 'baseline'),
  row('base', 0, 0.3, 'base'),
  row('layernorm', 0.05, 0.4),
  row('lora', 1, 0.5),
  row('worse <b>', 2, 0.45),
  row('full', 100, 0.6),
];

it('the Pareto front: what nothing cheaper or equally cheap reaches', () => {
  const points = pointsOf(section(...rows), 0);
  expect(points.map(({ label, onFront }) => [label, onFront])).toEqual([
    ['layernorm', true],
    ['lora', true],
    ['worse <b>', false],
    ['full', true],
  ]);
  const twins = pointsOf(section(row('a', 1, 0.5), row('b', 1, 0.5), row('c', 1, 0.4)), 0);
  expect(twins.map(({ onFront }) => onFront)).toEqual([true, true, false]);
});

it('draws a decade of the share as far as every other, higher scores higher, and the untuned base as a line', () => {
  const [{ svg }] = plotsOf(section(...rows)) as [Plot];
  const circles = [...svg.matchAll(/<circle class="(\w+)" cx="([\d.]+)" cy="([\d.]+)"/g)].map((match) => ({
    front: match[1],
    x: Number(match[2]),
    y: Number(match[3]),
  }));
  expect(circles.map(({ front }) => front)).toEqual(['on', 'on', 'off', 'on']);
  const [, lora, , full] = circles;
  // 0.05 % to 1 % is 1.3 decades, 1 % to 100 % is two; the axis begins at 0.01 %
  expect((lora!.x - circles[0]!.x) / (full!.x - lora!.x)).toBeCloseTo(Math.log10(20) / 2, 2);
  expect(full!.y).toBeLessThan(lora!.y);
  // the untuned base, and the best of what needs no model
  expect(svg.match(/class="base"/g)).toHaveLength(2);
  expect(svg).toContain('>constant answer</text>');
  expect(svg).toContain('worse &#60;b&#62;');
  expect(svg).toContain('full 60.0 at 100 %');
  expect(svg).not.toMatch(/NaN|Infinity|<b>/);
});

it('needs two methods', () => {
  expect(plotsOf(section(...rows.slice(0, 3)))).toEqual([]);
});

it('draws against memory and time as well, each with its own front', () => {
  const cost = (label: string, value: number, seconds: number, peakMemoryBytes: number) => ({
    ...row(label, 1, value),
    seconds,
    peakMemoryBytes,
  });
  const costly = section(cost('slow', 0.6, 300, 2e8), cost('quick', 0.5, 30, 4e8));
  expect(pointsOf(costly, 0, 'time').map(({ label, cost, onFront }) => [label, cost, onFront])).toEqual([
    ['slow', 300, true],
    ['quick', 30, true],
  ]);
  expect(pointsOf(costly, 0, 'memory').map(({ onFront }) => onFront)).toEqual([true, false]);
  const [{ svg }] = plotsOf(costly, 'time') as [Plot];
  expect(svg).toContain('quick 50.0 at 30 s');
  expect(svg).toMatch(/>8 min 20 s</); // the scale's end
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(renderSvg({ sections: [costly], unfinished: [] }).match(/<svg y=/g)).toHaveLength(3);
});
