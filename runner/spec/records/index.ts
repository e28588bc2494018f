/** What the records of tasks say against a spec: those that cannot be used, tests that were trained on, answers that are cut, steps that take more than there is. */
import { statSync } from 'node:fs';
import type { Dataset, Spec, Task } from '../../../schemas/generated/spec';
import { formats } from '../../data/formats';
import { openFolder } from '../../data/read_split';
import { unlessRefused } from '../../errors';
import type { GridCell } from '../../plan/cells';
import { datasetFrom, type Resources } from '../../plan/resources';
import type { Finding } from '../report';
import { taskSplits } from '../rules/splits';
import { cutAnswers } from './cut_answers';
import { leaks } from './leaks';
import { largeSteps } from './steps';

/** Files of a task's records up to this size together are read, in bytes: about a second. */
const most = 64e6;

/** Of every task whose splits are known; what a cell of `cells` trains on it. */
export async function checkRecords(
  spec: Spec,
  cells: readonly GridCell[],
  specFile: string,
  resources: Resources,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, task] of Object.entries(spec.tasks ?? {})) {
    if (!(await canRead(spec, task, specFile))) continue;
    const data = await resources.task(spec, name);
    if ('findings' in data) findings.push(...data.findings.map(asWarningIfMissing));
    else {
      const own = cells.filter((cell) => cell.task === name);
      findings.push(
        ...leaks(name, task, data.splits),
        ...largeSteps(spec, own, data.splits.train.length),
        ...(await cutAnswers(spec, own, data.splits.train, resources)),
      );
    }
  }
  return findings;
}

/** Whether the splits of a task are known, there, and small enough to be read while somebody waits. What is not is told elsewhere, or by the run. */
export async function canRead(spec: Spec, task: Task, specFile: string): Promise<boolean> {
  let size = 0;
  for (const { reference } of taskSplits(task, [])) {
    const slash = reference.indexOf('/');
    const dataset = spec.datasets?.[reference.slice(0, slash)];
    if (!dataset || !formats.has(dataset.format) || !fieldsAreKnown(dataset)) return false;
    const settings = datasetFrom(specFile, dataset);
    size += (await unlessRefused(() => sizeOf(settings, reference.slice(slash + 1)))) ?? Number.POSITIVE_INFINITY;
  }
  return size <= most;
}

function fieldsAreKnown({ format, filter }: Dataset): boolean {
  const known = formats.get(format)?.fields;
  return Object.keys(filter ?? {}).every((field) => known?.includes(field) ?? true);
}

/** Bytes of a split's files; undefined where there is no such split. */
async function sizeOf(dataset: Dataset, split: string): Promise<number | undefined> {
  const { format, source } = await openFolder(dataset);
  if (format.splits && !format.splits.includes(split)) return undefined;
  const files = await format.filesOf(split, source);
  return files.reduce((sum, file) => sum + statSync(source.place(file)).size, 0);
}

/** Images that have not been copied yet are no mistake of the spec. */
function asWarningIfMissing(finding: Finding): Finding {
  return finding.code === 'MP2001' ? { ...finding, severity: 'warning' } : finding;
}
