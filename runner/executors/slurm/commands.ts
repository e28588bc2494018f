/** Slurm's own commands: submit, look, cancel, queue again. Nothing else in the project calls them. */
import { spawnSync } from 'node:child_process';
import { MedpeftError } from '../../errors';
import { shellWord } from '../../text';

/** How long a busy controller may take to answer. */
const patienceMs = 60_000;

/** @returns what the command printed. @throws MP4201 if it is not there, MP4202 with its own words if it refuses */
function call(program: string, ...words: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout: patienceMs });
  const shown = [program, ...words].map(shellWord).join(' ');
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new MedpeftError(
      'MP4201',
      `Slurm is not here: there is no ${program} on the PATH`,
      'call this on a login node of the cluster, or run here with --executor local',
    );
  if (error) throw new MedpeftError('MP4202', `${shown}: ${error.message}`, 'is the controller up? scontrol ping');
  if (status !== 0)
    throw new MedpeftError(
      'MP4202',
      `${shown}: ${(stderr || stdout).trim() || `exit code ${status}`}`,
      'change runtime.slurm of the spec to what the cluster allows; --dry-run shows the script without submitting it',
    );
  return stdout;
}

/** Submits a script. @returns the job's number */
export function submitScript(file: string, ...options: string[]): string {
  // with several clusters: `number;cluster`
  return call('sbatch', '--parsable', ...options, file)
    .trim()
    .split(';')[0]!;
}

/** The tasks of a job, or the job itself, that wait or run: `1234_7`, or `1234`. None where the controller has forgotten the job. */
export function jobsInQueue(): Set<string> {
  const user = process.env.USER ?? String(process.getuid?.() ?? '');
  const printed = call('squeue', '--noheader', '--array', `--user=${user}`, '--format=%i');
  return new Set(
    printed
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}

export function cancelJob(job: string): void {
  call('scancel', job);
}

/** Lets a job that was submitted with `--hold` begin. */
export function releaseJob(job: string): void {
  call('scontrol', 'release', job);
}

export function requeueJob(job: string): void {
  call('scontrol', 'requeue', job);
}

/** How often a job has been queued again so far, as the controller counts. */
export function restartsOf(job: string): number {
  return Number(/\bRestarts=(\d+)/.exec(call('scontrol', '--oneliner', 'show', 'job', job))?.[1] ?? 0);
}
