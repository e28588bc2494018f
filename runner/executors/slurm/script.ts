/** The scripts of a submission as text: an array with a run a task, and a job after it that writes down which tasks never ran. */
import { peakMemory } from '../../plan/peak';
import type { PlannedRun, SlurmSettings } from '../../plan/types';
import { shellWord } from '../../text';

/** Slurm's own default for MaxArraySize is 1001, which the highest index must stay below. */
export const mostTasks = 1000;

/** Beside the estimate of the plan, which is right within a quarter. */
const memoryReserve = 1.25;
const mebibyte = 2 ** 20;

/** What stands where on the cluster's shared disk. */
export interface Places {
  node: string;
  cli: string;
  /** Names a run folder a line. */
  runs: string;
  /** Folder of what the tasks print. */
  logs: string;
}

/** The largest need of the runs, in MiB; undefined where one of them cannot be told before it is tried. */
function memoryOf(runs: readonly PlannedRun[], settings: SlurmSettings): number | undefined {
  if (settings.memory !== undefined) return Math.ceil(settings.memory / mebibyte);
  const needs = runs.map(peakMemory);
  if (needs.some((need) => need === undefined)) return undefined;
  return Math.ceil((memoryReserve * Math.max(...(needs as number[]))) / mebibyte);
}

const header = (options: readonly (string | undefined | false)[]) =>
  ['#!/bin/bash', ...options.filter((one) => typeof one === 'string').map((one) => `#SBATCH ${one}`)].join('\n');

/** Options that both jobs need to be taken by the cluster. */
const where = ({ partition, account, qos }: SlurmSettings) => [
  partition !== undefined && `--partition=${partition}`,
  account !== undefined && `--account=${account}`,
  qos !== undefined && `--qos=${qos}`,
];

/**
 * The job array: task N performs the run in line N + 1 of the list of runs. Node takes the place of the shell, so that Slurm's signals reach it: USR1 before the time
 * limit, TERM when a task is cancelled, preempted or queued again.
 * @param runs that share `settings`, in the list's order
 */
export function arrayScript(runs: readonly PlannedRun[], settings: SlurmSettings, places: Places): string {
  const memory = memoryOf(runs, settings);
  const throttle = settings.max_running === undefined ? '' : `%${settings.max_running}`;
  const options = [
    `--job-name=${shellWord(`medpeft-${runs[0]!.modelName}`)}`,
    `--array=0-${runs.length - 1}${throttle}`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${settings.cpus_per_task ?? runs[0]!.runtime.threads ?? 1}`,
    memory !== undefined && `--mem=${memory}M`,
    settings.gpus !== undefined && `--gpus=${settings.gpus}`,
    settings.time !== undefined && `--time=${settings.time}`,
    ...where(settings),
    '--requeue',
    `--signal=B:USR1@${settings.grace_seconds}`,
    '--open-mode=append',
    `--output=${shellWord(`${places.logs}/%a.log`)}`,
    ...(settings.options ?? []),
  ];
  return `${header(options)}
set -eu
${(settings.setup ?? []).map((line) => `${line}\n`).join('')}run=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${shellWord(places.runs)})
exec ${shellWord(places.node)} ${shellWord(places.cli)} slurm perform "$run"
`;
}

/** The job after the array: whatever became of its tasks, what still waits then has been cancelled in the queue. */
export function closeScript(settings: SlurmSettings, places: Places, array: string): string {
  const options = [
    '--job-name=medpeft-close',
    '--nodes=1',
    '--ntasks=1',
    '--mem=200M',
    '--time=0:10:00',
    ...where(settings),
    `--output=${shellWord(`${places.logs}/close.log`)}`,
  ];
  return `${header(options)}
set -eu
${(settings.setup ?? []).map((line) => `${line}\n`).join('')}exec ${shellWord(places.node)} ${shellWord(places.cli)} slurm close ${shellWord(places.runs)} --array ${array}
`;
}
