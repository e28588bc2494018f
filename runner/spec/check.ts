/** Everything that is wrong with a spec, also what only the disk can tell: missing files, damaged checkpoints, groups that match nothing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import { formats } from '../data/formats';
import { openFolder } from '../data/read_split';
import { type Diagnostic, MedpeftError } from '../errors';
import { predefined } from '../methods/select';
import { type Checkpoint, tokenizerFiles } from '../models/checkpoint';
import { type GridCell, gridOf } from '../plan/cells';
import { tunedBy } from '../plan/components';
import { checkEntries } from '../plan/entries';
import { checkFit } from '../plan/fit';
import { overridesOf } from '../plan/merge';
import { datasetFrom, type OpenedModel, openResources, type Resources } from '../plan/resources';
import { checkFilters, splitsByDataset } from './check_filters';
import { checkRuns } from './check_runs';
import { byPlace } from './load';
import { placesOf } from './places';
import { checkRecords } from './records';
import { diagnose, type Finding, moved, uniqueFindings } from './report';
import type { SpecFile } from './types';

/**
 * All diagnostics of a spec, in the order of its text. Reads the heads of checkpoints and records of moderate size, but no weights and no pixels.
 * What is not on disk yet is a warning: a spec is often written first. Never throws for bad user input.
 */
export async function checkSpec(loaded: SpecFile): Promise<Diagnostic[]> {
  const { file, text, tree, spec: sound, usable, bases, diagnostics } = loaded;
  if (usable === undefined) return [...diagnostics];
  const { spec, original, has, written } = usable;
  const lacking = ['models', 'datasets', 'tasks', 'methods'].filter((section) => !has([section]));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const { cells } = gridOf(spec);
  // What cannot be read of a base may be there.
  const nothingWritten = lacking.length === 4 && !errors.some(({ code }) => code === 'MP1008');
  const resources = openResources(file);
  const findings = [
    ...checkModels(spec, resources),
    ...(await checkData(spec, file)),
    ...(await checkFilters(spec, file)),
    ...(await checkRecords(spec, cells, file, resources)),
    ...checkMethods(spec, cells, resources, errors),
    // A wrong structure may be why there is none.
    ...(cells.length === 0 && (sound || nothingWritten) ? [nothingToRun(lacking)] : []),
  ];
  const places = placesOf(text, tree);
  const located = (finding: Finding) =>
    diagnose(
      moved(finding, (at) => written(original(at))),
      places,
      bases.length > 0,
    );
  const found = [...diagnostics, ...firstOfEachCause(findings).map((finding) => located(finding))];
  return [...found, ...(await checkRuns(loaded, found, resources))].sort(byPlace);
}

/** Records are read for several checks: what makes them unusable is told by the first that meets it, and an empty split by the filter that empties it. */
function firstOfEachCause(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return uniqueFindings(findings).filter(({ code, path: [section, ...rest] }) => {
    if (code === 'MP2005' && section === 'tasks') return !told.has(code);
    if (!code.startsWith('MP2') || section !== 'datasets') return true;
    const key = JSON.stringify([code, rest]);
    if (told.has(key) && code !== 'MP2005') return false;
    told.add(key).add(code);
    return true;
  });
}

function nothingToRun(lacking: readonly string[]): Finding {
  const listed = lacking.map((section) => `"${section}"`).join(', ');
  return {
    code: 'MP1107',
    severity: 'warning',
    path: [],
    at: 'owner',
    message: lacking.length > 0 ? `this spec has no run: it lacks ${listed}` : 'this spec has no run',
    hint: 'a run needs a model, a task with data, and a method that `exclude` leaves in',
  };
}

function checkModels(spec: Spec, resources: Resources): Finding[] {
  return Object.keys(spec.models ?? {}).flatMap((name) => {
    const opened = resources.model(spec, name);
    if ('checkpoint' in opened) return [...lacking(name, opened.checkpoint), ...resized(spec, name, opened)];
    // MP1106 stands among the spec's own diagnostics.
    return opened.findings.filter(({ code }) => code !== 'MP1106').map(asWarningIfMissing);
  });
}

/** config.json alone is there to plan with. A folder with some of what a run needs besides lacks the rest by mistake. */
function lacking(name: string, { folder, files }: Checkpoint): Finding[] {
  const hasTokenizer = tokenizerFiles.some((file) => existsSync(path.join(folder, file)));
  if (files.length > 0 === hasTokenizer) return [];
  const [code, what, file] = hasTokenizer
    ? (['MP3001', 'no weights', 'model.safetensors'] as const)
    : (['MP3006', 'no tokenizer', 'tokenizer.json'] as const);
  return [
    {
      code,
      severity: 'warning',
      path: ['models', name, 'path'],
      message: `the model folder ${folder} holds ${what}`,
      hint: `put the checkpoint's ${file} beside config.json; until then the spec can be planned, but not run`,
    },
  ];
}

/** Another size than the checkpoint's is a choice, and one that changes what its position embeddings mean. */
function resized(
  spec: Spec,
  name: string,
  { checkpoint, madeFor }: Extract<OpenedModel, { madeFor: unknown }>,
): Finding[] {
  const size = spec.models?.[name]?.image_size;
  const images = checkpoint.family.images(checkpoint.config);
  if (size === undefined || madeFor === undefined || !images || size === madeFor) return [];
  const patches = (side: number) => `${side / images.patchSize} × ${side / images.patchSize}`;
  return [
    {
      code: 'MP1114',
      severity: 'information',
      path: ['models', name, 'image_size'],
      message: `the checkpoint was made for ${madeFor} pixels: its position embeddings of ${patches(madeFor)} patches are interpolated to ${patches(size)}`,
      hint: 'leave image_size out for images of the size that the checkpoint knows; memory and time grow with the patches',
    },
  ];
}

/** Folders of data sets, and the files of the splits that tasks name. */
async function checkData(spec: Spec, specFile: string): Promise<Finding[]> {
  const splits = splitsByDataset(spec);
  const findings = Object.entries(spec.datasets ?? {}).map(async ([name, dataset]): Promise<Finding[]> => {
    const settings = datasetFrom(specFile, dataset);
    const missing = (place: string): Finding => ({
      code: 'MP2001',
      severity: 'warning',
      path: ['datasets', name, 'path'],
      message: `${place} does not exist`,
      hint: 'paths are relative to the spec',
    });
    if (!existsSync(settings.path)) return [missing(settings.path)];
    if (!formats.has(dataset.format)) return [];
    const found: Finding[] = [];
    for (const split of splits.get(name) ?? [])
      try {
        const { format, source } = await openFolder(settings);
        if (format.splits?.includes(split) ?? true) await format.filesOf(split, source);
      } catch (error) {
        if (!(error instanceof MedpeftError)) throw error;
        if (error.code === 'MP2001') found.push({ ...missing(error.place!), message: error.message, hint: error.hint });
      }
    return found;
  });
  return (await Promise.all(findings)).flat();
}

/** Groups and adapters against the tensors of each model that they are used with. */
function checkMethods(
  spec: Spec,
  cells: readonly GridCell[],
  resources: Resources,
  errors: readonly Diagnostic[],
): Finding[] {
  const entries = checkEntries(spec, cells, resources, (name) => canMatch(name, spec, errors));
  const told = new Set(entries.filter(({ whole }) => whole).map(({ name }) => name));
  const misfits = cells.flatMap((cell) => {
    const opened = resources.model(spec, cell.model);
    if (!('checkpoint' in opened)) return [];
    const { family, config, parameters } = opened.checkpoint;
    const tuned = tunedBy(cell.expanded, overridesOf(spec, cell), family, spec).filter(
      ({ name }) => canMatch(name, spec, errors) && !told.has(name),
    );
    return checkFit(tuned, parameters, { model: cell.model, family, config, spec });
  });
  return [...entries.map(({ finding }) => finding), ...misfits];
}

/** What is not known or wrong in itself is reported already; what it matches cannot be told. */
function canMatch(name: string, spec: Spec, errors: readonly Diagnostic[]): boolean {
  if (predefined.some((word) => word === name)) return true;
  const section = (['parameter_groups', 'adapters'] as const).find((key) => Object.hasOwn(spec[key] ?? {}, name));
  return section !== undefined && !errors.some(({ path: at }) => at[0] === section && at[1] === name);
}

function asWarningIfMissing(finding: Finding): Finding {
  return finding.code === 'MP3001' ? { ...finding, severity: 'warning' } : finding;
}
