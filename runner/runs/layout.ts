/** Names within a run folder, in one place. docs/run-folder.md describes each to those who read a folder from elsewhere. */
import path from 'node:path';

export const runFiles = {
  manifest: 'manifest.json',
  events: 'events.jsonl',
  heartbeat: 'heartbeat',
  /** What the events come to, for readers of long runs. */
  curves: 'curves.jsonl',
  result: 'result.json',
  split: 'split.json',
  /** What readers noted. */
  notes: 'notes.json',
  predictions: 'predictions',
  checkpoints: 'checkpoints',
  adapter: 'adapter',
  /** Its presence asks the run to write a checkpoint and stop. */
  cancel: 'cancel',
  /** Which scheduler's queue the run waits in; gone as soon as a process takes the folder. */
  submission: 'submission.json',
  /** `lock.<process>`: one for each process that holds, or wants to hold, the run. */
  lockPrefix: 'lock.',
} as const;

/** `predictions/<role>-<dataset>-<split>.jsonl`, where a split is written `dataset/split`. */
export function predictionFile(role: 'validation' | 'test' | 'transfer', split: string): string {
  return path.join(runFiles.predictions, `${role}-${split.replace(/[^A-Za-z0-9_.]+/g, '-')}.jsonl`);
}

/** `checkpoints/step-000120.safetensors` */
export function checkpointFile(step: number): string {
  return path.join(runFiles.checkpoints, `step-${String(step).padStart(6, '0')}.safetensors`);
}
