/** Metrics: those that fit the task where it lists them; those it computes where one of them is chosen. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { metrics as registry } from '../../runner/metrics/registry';
import { metricsOfTask } from '../../runner/spec/rules/metrics';
import { field, knownNames } from '../known-names';
import { type CompletionRequest, type CompletionSource, valueItem } from './request';

export const metrics: CompletionSource = (request) => {
  if (request.place.is !== 'metric') return undefined;
  const tasks = tasksAt(request);
  const listed = tasks.flatMap(listOf);
  const listing = request.path[2] === 'metrics';
  const ids = listing || listed.length === 0 ? tasks.flatMap(fitting).filter((id) => !listed.includes(id)) : listed;
  return [...new Set(ids)].map((id) => {
    const summary = registry.get(id)?.summary;
    return valueItem(request, id, {
      kind: CompletionItemKind.EnumMember,
      documentation: summary ?? 'Not supported in this version.',
      order: summary === undefined ? 1 : 0,
    });
  });
};

/** The task that the metric belongs to; for an expectation, all of them. */
function tasksAt({ document, path }: CompletionRequest): unknown[] {
  const tasks = knownNames(document, 'tasks');
  if (path[0] === 'tasks') return tasks.filter(({ name }) => name === path[1]).map(({ settings }) => settings);
  return tasks.map(({ settings }) => settings);
}

function listOf(task: unknown): string[] {
  const list = field(task, 'metrics');
  return Array.isArray(list) ? list.filter((id) => typeof id === 'string' && id !== '') : [];
}

function fitting(task: unknown): readonly string[] {
  const type = String(field(task, 'type'));
  return Object.entries(metricsOfTask).find(([known]) => known === type)?.[1] ?? [...registry.keys()];
}
