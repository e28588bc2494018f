/** What the editor knows about runs. The folders are the truth; the store only mirrors them and says when to look again. */
import type { Disposable, Event } from 'vscode';
import type { RunSummary } from '../../runner/runs';

export type { RunProgress, RunState, RunSummary } from '../../runner/runs';

/** Folders of the runs that appeared, changed or went away since the last notice. */
export interface RunsChange {
  folders: readonly string[];
}

export interface RunStore extends Disposable {
  /** Every run that is known, those that were started last first. */
  list(): readonly RunSummary[];
  /** The run in this folder, if there is one. */
  get(folder: string): RunSummary | undefined;
  /** The spec that the run is shown under, absolute; for a manifest that names none, its output folder. */
  specOf(run: RunSummary): string;
  /** The runs that are shown under this spec (absolute path). */
  ofSpec(specFile: string): readonly RunSummary[];
  /** Fires soon after a file of a run folder changed; read events on from your own offset with `readEvents`. */
  readonly onDidChange: Event<RunsChange>;
  /** Reads every folder again. */
  refresh(): Promise<void>;
}

/** Whether a run goes on or waits for its turn. */
export function isActive({ state }: RunSummary): boolean {
  return state === 'running' || state === 'queued';
}
