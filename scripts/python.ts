/** A Python with torch, transformers and peft: MEDPEFT_PYTHON, or a venv in the user's cache, outside the tree (about 3 GB), set up when it is first asked for. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const versions = ['torch==2.15.0', 'transformers==5.23.0', 'peft==0.21.2'];

/** Its executable. */
export function python(): string {
  if (process.env.MEDPEFT_PYTHON) return process.env.MEDPEFT_PYTHON;
  const key = createHash('sha256').update(versions.join(' ')).digest('hex').slice(0, 12);
  const venv = path.join(os.homedir(), '.cache', 'medpeft', `parity-python-${key}`);
  const executable = path.join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const ready = path.join(venv, 'ready');
  if (!existsSync(ready)) {
    console.error(`setting up ${venv} with ${versions.join(', ')}`);
    execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
    execFileSync(executable, ['-m', 'pip', 'install', '--quiet', ...versions], { stdio: 'inherit' });
    writeFileSync(ready, '');
  }
  return executable;
}
