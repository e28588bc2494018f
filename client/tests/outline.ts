/** What the Test Explorer shows of a spec: its runs, and under them its expectations, each with its place in the text. Pure. */
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Range } from '../../runner/errors';
import { checkExpectations, type ExpectationCheck, type ExpectedRun } from '../../runner/reports/expectations';
import type { Expectation } from '../../schemas/generated/spec';
import { nameAmong } from '../runs/describe';

/** A spec as far as its tests are concerned. */
export interface TestedSpec {
  text: string;
  /** Syntax tree of `text`. */
  tree?: Node;
  /** Absolute paths of the files and folders that its models and data sets name. */
  uses: readonly string[];
  expectations: readonly Expectation[];
  /** The planned runs, in the plan's order; `result` is not looked at. */
  runs: readonly ExpectedRun[];
}

export interface TestNode {
  /** Unique within the spec, and the same while spec and data change: what was told of the run before is then shown as outdated. */
  key: string;
  kind: 'run' | 'expectation';
  label: string;
  /** Ids of the runs that it is about: one for a run, several for joined seeds. */
  runs: readonly string[];
  /** Position in the spec's `expect`. */
  index?: number;
  /** Absent where the text does not hold it, such as an entry of the base spec. */
  range?: Range;
  children: TestNode[];
}

/** An expectation of one run stands under that run; one that joins several, or that no run meets, stands beside the runs. */
export function outline(spec: TestedSpec): TestNode[] {
  const { runs, expectations } = spec;
  const nodes: TestNode[] = runs.map((run) => ({
    key: `run/${nameOf(run)}`,
    kind: 'run',
    label: nameAmong(run, runs),
    runs: [run.id],
    range: rangeOf(spec, ['methods', run.grid ?? run.method]),
    children: [],
  }));
  const unfinished = runs.map(({ result: _, ...run }) => run);
  for (const check of checkExpectations(expectations, unfinished)) {
    const owner = check.runs.length === 1 ? nodes.find(({ runs: [id] }) => id === check.runs[0]) : undefined;
    (owner?.children ?? nodes).push({
      key: checkKey(check, runs),
      kind: 'expectation',
      label: owner || check.runs.length === 0 ? check.label : `${check.label} (${groupLabel(check, runs)})`,
      runs: check.runs,
      index: check.index,
      range: rangeOf(spec, ['expect', check.index]),
      children: [],
    });
  }
  return nodes;
}

/** The same for a check made later, when results are there. */
export function checkKey({ index, runs: [first] }: ExpectationCheck, runs: readonly ExpectedRun[]): string {
  const run = runs.find(({ id }) => id === first);
  return `expect/${index}/${run ? nameOf(run) : ''}`;
}

/** What a run is called, whatever it uses: its id without the hash, and its sweep point. */
function nameOf({ model, task, method, seed, sweep = {} }: ExpectedRun): string {
  const point = Object.keys(sweep).length > 0 ? `--${JSON.stringify(sweep)}` : '';
  return `${model}--${task}--${method}--seed${seed}${point}`;
}

function groupLabel({ runs: ids }: ExpectationCheck, runs: readonly ExpectedRun[]): string {
  const group = runs.filter(({ id }) => ids.includes(id));
  const [first] = group;
  return first ? [nameAmong(first, group), `seeds ${group.map(({ seed }) => seed).join(', ')}`].join(' · ') : '';
}

/** Of a property its key, of anything else its value. */
function rangeOf({ text, tree }: TestedSpec, path: (string | number)[]): Range | undefined {
  const value = tree && findNodeAtLocation(tree, path);
  const node = value?.parent?.type === 'property' ? value.parent.children?.[0] : value;
  if (!node) return undefined;
  return { start: positionAt(text, node.offset), end: positionAt(text, node.offset + node.length) };
}

function positionAt(text: string, offset: number): Range['start'] {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
