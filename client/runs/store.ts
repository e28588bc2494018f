/** What the editor knows about runs. The folders are the truth; the store only mirrors them and says when to look again. */
import type { Disposable, Event } from 'vscode';
import type { Manifest } from '../../schemas/generated/manifest';
import type { Result } from '../../schemas/generated/result';

export type RunState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

/** One run as read from its folder. */
export interface RunSummary {
  id: string;
  /** Absolute path of the run folder; identifies the run in the store. */
  folder: string;
  state: RunState;
  manifest: Manifest;
  progress: { step: number; totalSteps: number; loss?: number; itemsPerSecond?: number; secondsLeft?: number };
  result?: Result;
}

/** Folders of the runs that appeared, changed or went away since the last notice. */
export interface RunsChange {
  folders: readonly string[];
}

export interface RunStore extends Disposable {
  /** Every run that is known, those that were started last first. */
  list(): readonly RunSummary[];
  /** The run in this folder, if there is one. */
  get(folder: string): RunSummary | undefined;
  /** The runs whose manifest names this spec (absolute path). */
  ofSpec(specFile: string): readonly RunSummary[];
  /** Fires soon after a file of a run folder changed; read events on from your own offset with `readEvents`. */
  readonly onDidChange: Event<RunsChange>;
  /** Reads every folder again. */
  refresh(): Promise<void>;
}
