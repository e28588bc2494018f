/** One spec in the Test Explorer: its items, and what was last reported of each. */
import type { TestController, TestItem, TestMessage, TestRun, Uri } from 'vscode';
import type { RunSummary } from '../runs/store';
import type { VsCode } from '../vscode';
import { type Outcome, outcomes } from './outcome';
import { outline, type TestedSpec, type TestNode } from './outline';
import { staleRuns } from './stale';

export interface Suite {
  readonly item: TestItem;
  /** Absolute path of the spec. */
  readonly file: string;
  /** Absent until the spec was planned. */
  tested?: TestedSpec;
  /** Item id -> what was last reported of it. */
  readonly reported: Map<string, string>;
}

type FindRun = (runId: string) => RunSummary | undefined;

const itemId = (uri: Uri, key: string) => `${uri.toString()}#${key}`;

/** Puts the items of a planned spec below its suite. */
export function fill({ Range }: VsCode, controller: TestController, suite: Suite, tested: TestedSpec): void {
  const { item } = suite;
  const uri = item.uri!;
  const make = (node: TestNode): TestItem => {
    const test = controller.createTestItem(itemId(uri, node.key), node.label, uri);
    const { range } = node;
    if (range) test.range = new Range(range.start.line, range.start.character, range.end.line, range.end.character);
    // the explorer sorts by label otherwise; the plan's order is the spec's
    test.sortText = String(order++).padStart(6, '0');
    test.children.replace(node.children.map(make));
    return test;
  };
  let order = 0;
  item.children.replace(outline(tested).map(make));
  suite.tested = tested;
  suite.reported.clear();
}

/**
 * Says beside each run of which only an earlier result is there that spec, data or checkpoint changed since, and has VS Code grey what was told of it.
 * @param ofSpec the runs that the spec has ever started
 */
export function markStale(
  { l10n }: VsCode,
  controller: TestController,
  suite: Suite,
  ofSpec: readonly RunSummary[],
): void {
  const stale = staleRuns(suite.tested?.runs ?? [], ofSpec);
  for (const { id, node } of nodesOf(suite)) {
    const item = findItem(suite.item, id);
    if (!item || node.runs.length === 0) continue;
    const isStale = node.runs.some((run) => stale.has(run));
    const words =
      isStale && node.kind === 'run' ? l10n.t('spec, data or checkpoint changed since its result') : undefined;
    if (isStale && item.description !== words) controller.invalidateTestResults(item);
    item.description = words;
  }
}

/** Every item below a suite, with the node it stands for. */
export function nodesOf(suite: Suite): { id: string; node: TestNode }[] {
  const flat = (node: TestNode): TestNode[] => [node, ...node.children.flatMap(flat)];
  if (!suite.tested) return [];
  return outline(suite.tested)
    .flatMap(flat)
    .map((node) => ({ id: itemId(suite.item.uri!, node.key), node }));
}

export interface Change {
  item: TestItem;
  outcome: Outcome;
}

/** What differs from what was last reported, for the items that `wanted` lets through. */
export function changes(suite: Suite, find: FindRun, wanted: (itemId: string) => boolean): Change[] {
  if (!suite.tested) return [];
  const now = outcomes(suite.tested, find);
  return nodesOf(suite).flatMap(({ id, node }) => {
    const outcome = now.get(node.key)!;
    const item = findItem(suite.item, id);
    const seen = JSON.stringify(outcome);
    if (!item || !wanted(id) || (suite.reported.get(id) ?? '{"state":"none"}') === seen) return [];
    suite.reported.set(id, seen);
    return [{ item, outcome }];
  });
}

export function findItem(parent: TestItem, id: string): TestItem | undefined {
  const own = parent.children.get(id);
  if (own) return own;
  for (const [, child] of parent.children) {
    const found = child.children.get(id);
    if (found) return found;
  }
  return undefined;
}

/** Tells VS Code. A suite's own state is never set: it follows from its tests. */
export function report({ TestMessage, Location }: VsCode, run: TestRun, { item, outcome }: Change): void {
  const at = (message: TestMessage) => {
    if (item.uri && item.range) message.location = new Location(item.uri, item.range);
    return message;
  };
  switch (outcome.state) {
    case 'none':
      break;
    case 'enqueued':
      run.enqueued(item);
      break;
    case 'started':
      run.started(item);
      break;
    case 'skipped':
      run.skipped(item);
      break;
    case 'passed':
      run.passed(item, milliseconds(outcome.seconds));
      break;
    case 'failed':
      run.failed(item, at(TestMessage.diff(outcome.message, outcome.expected, outcome.actual)));
      break;
    case 'errored':
      run.errored(item, at(new TestMessage([outcome.message, outcome.hint].filter(Boolean).join('\n'))));
      break;
  }
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
