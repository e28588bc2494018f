import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../../client/runs/folderStore';
import { MedpeftError } from '../../../runner/errors';
import { run } from './runs';
import { standIn } from './standIn';

/** Output folders in memory, with a hand on each watch. */
function disk() {
  const runs = new Map([run({ method: 'lora', state: 'running' })].map((one) => [one.folder, one]));
  const watches = new Map<string, (folders: string[]) => void>();
  return {
    runs,
    watches,
    folders: {
      listRuns: (dir: string) => [...runs.values()].filter((one) => one.folder.startsWith(`${dir}/`)),
      readRun: (folder: string) => {
        const found = runs.get(folder);
        if (!found) throw new MedpeftError('MP4007', 'no run');
        if (found.id === 'broken') throw new MedpeftError('MP4003', 'damaged', undefined, folder);
        return found;
      },
      watchRuns: (dir: string, onChange: (folders: string[]) => void) => {
        watches.set(dir, onChange);
        return async () => void watches.delete(dir);
      },
    },
  };
}

function store() {
  const vscode = standIn();
  const moved = new vscode.EventEmitter<void>();
  const there = disk();
  let dirs = ['/w/runs'];
  const warnings: string[] = [];
  let specFile = '/w/a.medpeft.json';
  const list = () => dirs.map((outputDir) => ({ file: specFile, outputDir }));
  const outputs = { outputDirs: () => dirs, list, onDidChange: moved.event };
  const warn = (text: string) => void warnings.push(text);
  const made = createRunStore(vscode, outputs, there.folders, warn, () => undefined);
  const seen: string[][] = [];
  made.onDidChange(({ folders }) => seen.push(folders.map((folder) => folder.split('/').at(-1)!)));
  const move = (next: string[]) => {
    dirs = next;
    moved.fire();
  };
  const rename = (next: string) => {
    specFile = next;
    moved.fire();
  };
  return { ...there, made, seen, warnings, move, rename };
}

describe('createRunStore', () => {
  it('finds from folders alone what ran before the window opened', () => {
    const { made } = store();
    expect(made.list().map(({ id, state }) => [id, state])).toEqual([['m--vqa--lora--seed0', 'running']]);
    expect(made.ofSpec('/w/a.medpeft.json')).toHaveLength(1);
    expect(made.ofSpec('/w/b.medpeft.json')).toHaveLength(0);
  });

  it('shows runs under their spec after it was renamed', () => {
    const { made, rename } = store();
    const [lora] = made.ofSpec('/w/a.medpeft.json');
    rename('/w/renamed.medpeft.json');
    expect(made.ofSpec('/w/a.medpeft.json')).toEqual([]);
    expect(made.ofSpec('/w/renamed.medpeft.json')).toEqual([lora]);
    expect(made.specOf(lora!)).toBe('/w/renamed.medpeft.json');
  });

  it('reads again what the watch names, then tells', () => {
    const { made, runs, watches, seen } = store();
    const finished = run({ method: 'lora', state: 'finished' });
    runs.set(finished.folder, finished);
    watches.get('/w/runs')!([finished.folder]);
    expect(made.get(finished.folder)?.state).toBe('finished');
    expect(seen).toEqual([['m--vqa--lora--seed0']]);
  });

  it('shows a run that someone else started, the newest first', () => {
    const { made, runs, watches } = store();
    const other = run({ method: 'ffn', state: 'running', created: '2026-01-02T00:00:00Z' });
    runs.set(other.folder, other);
    watches.get('/w/runs')!([other.folder]);
    expect(made.list().map((one) => one.manifest.method)).toEqual(['ffn', 'lora']);
  });

  it('forgets a folder that was deleted', () => {
    const { made, runs, watches } = store();
    const [folder] = [...runs.keys()];
    runs.clear();
    watches.get('/w/runs')!([folder!]);
    expect(made.list()).toEqual([]);
  });

  it('leaves out a damaged folder and says so once', () => {
    const { made, runs, watches, warnings } = store();
    const [folder, lora] = [...runs][0]!;
    runs.set(folder, { ...lora, id: 'broken' });
    watches.get('/w/runs')!([folder]);
    watches.get('/w/runs')!([folder]);
    expect(made.list()).toEqual([]);
    expect(warnings).toEqual([`MP4003 ${folder}: damaged`]);
  });

  it('follows the output folders of the specs, and ends the watches of others', () => {
    const { made, watches, seen, move } = store();
    move(['/v/runs']);
    expect([...watches.keys()]).toEqual(['/v/runs']);
    expect(made.list()).toEqual([]);
    expect(seen).toEqual([['m--vqa--lora--seed0']]);
    move(['/v/runs', '/w/runs']);
    expect(made.list()).toHaveLength(1);
    made.dispose();
    expect([...watches.keys()]).toEqual([]);
  });
});
