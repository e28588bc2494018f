/** Everything that is wrong with a spec, also what only the disk can tell: missing files, damaged checkpoints, groups that match nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import { formats } from '../data/formats';
import type { Diagnostic } from '../errors';
import { type GridCell, gridOf } from '../plan/cells';
import { tunedBy } from '../plan/components';
import { checkFit } from '../plan/fit';
import { overridesOf } from '../plan/merge';
import { openResources, type Resources, resolveFrom } from '../plan/resources';
import { byPlace } from './load';
import { placesOf } from './places';
import { diagnose, type Finding } from './report';
import { taskSplits } from './rules/splits';
import type { SpecFile } from './types';

/**
 * All diagnostics of a spec, in the order of its text. Reads the heads of checkpoints, but no weights and no records.
 * What is not on disk yet is a warning: a spec is often written first. Never throws for bad user input.
 */
export async function checkSpec({ file, text, tree, spec, bases, diagnostics }: SpecFile): Promise<Diagnostic[]> {
  if (spec === undefined) return [...diagnostics];
  const { cells } = gridOf(spec);
  const resources = openResources(file);
  const findings = [
    ...checkModels(spec, resources),
    ...checkData(spec, file),
    // Names that are not known are reported already; what they match cannot be told.
    ...(diagnostics.some(({ severity }) => severity === 'error') ? [] : checkMethods(spec, cells, resources)),
    ...(cells.length === 0 ? [nothingToRun] : []),
  ];
  const places = placesOf(text, tree);
  const unique = [
    ...new Map(
      findings.map((finding) => [JSON.stringify([finding.code, finding.path, finding.message]), finding]),
    ).values(),
  ];
  return [...diagnostics, ...unique.map((finding) => diagnose(finding, places, bases.length > 0))].sort(byPlace);
}

const nothingToRun: Finding = {
  code: 'MP1107',
  severity: 'warning',
  path: [],
  at: 'owner',
  message: 'this spec has no run',
  hint: 'a run needs a model, a task and a method that `exclude` leaves in',
};

function checkModels(spec: Spec, resources: Resources): Finding[] {
  return Object.keys(spec.models ?? {}).flatMap((name) => {
    const opened = resources.model(spec, name);
    if ('checkpoint' in opened) return [];
    // MP1106 stands among the spec's own diagnostics.
    return opened.findings.filter(({ code }) => code !== 'MP1106').map(asWarningIfMissing);
  });
}

/** Folders of data sets, and the files of the splits that tasks name. */
function checkData(spec: Spec, specFile: string): Finding[] {
  const references = Object.entries(spec.tasks ?? {}).flatMap(([name, task]) => taskSplits(task, ['tasks', name]));
  return Object.entries(spec.datasets ?? {}).flatMap(([name, dataset]): Finding[] => {
    const folder = resolveFrom(specFile, dataset.path);
    const format = formats.get(dataset.format);
    const splits = references
      .filter(({ reference }) => reference.startsWith(`${name}/`))
      .map(({ reference }) => reference.slice(name.length + 1));
    const files = format
      ? splits.filter((split) => format.splits.includes(split)).map((split) => format.fileOf(split))
      : [];
    const missing = existsSync(folder)
      ? [...new Set(files)].map((file) => path.join(folder, file)).filter((file) => !existsSync(file))
      : [folder];
    return missing.map((place) => ({
      code: 'MP2001',
      severity: 'warning',
      path: ['datasets', name, 'path'],
      message: `${place} does not exist`,
      hint: 'paths are relative to the spec',
    }));
  });
}

/** Groups and adapters against the tensors of each model that they are used with. */
function checkMethods(spec: Spec, cells: readonly GridCell[], resources: Resources): Finding[] {
  return cells.flatMap((cell) => {
    const opened = resources.model(spec, cell.model);
    if (!('checkpoint' in opened)) return [];
    const { family, parameters } = opened.checkpoint;
    const tuned = tunedBy(cell.expanded, overridesOf(spec, cell), family, spec);
    return checkFit(tuned, parameters, { model: cell.model, family, spec });
  });
}

function asWarningIfMissing(finding: Finding): Finding {
  return finding.code === 'MP3001' ? { ...finding, severity: 'warning' } : finding;
}
