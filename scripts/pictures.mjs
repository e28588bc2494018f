// npm run pictures: makes the README's pictures anew, in docs/pictures/, from the packed extension in a real workbench.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { environment, problem } from './vscode-harness.mjs';

process.chdir(path.resolve(import.meta.dirname, '..'));
/** What a picture may weigh: readers fetch all of them with the README. */
const BUDGET = 150_000;
const shots = 'out/shots';
const folder = 'docs/pictures';

function stop(why) {
  console.error(why);
  process.exit(1);
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment() } });
  if (status !== 0) stop(`pictures: ${args[0]} failed; ${folder} is as it was.`);
}

if (problem()) stop(`pictures: ${problem()}`);
run('dist/cli.js', 'run', 'examples/vqa-rad/compare.medpeft.json');
run('scripts/package.mjs', '--out', 'out/pictures.vsix');
run('test/harness/ui.mjs', '--vsix', 'out/pictures.vsix', '--only', 'pictures');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(shots)) {
  const name = /^\d+-pictures-picture-(.+\.png)$/.exec(file)?.[1];
  if (!name) continue;
  const { size } = await sharp(path.join(shots, file))
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(path.join(folder, name));
  if (size > BUDGET) stop(`${folder}/${name} has ${size} bytes; ${BUDGET} are the most.`);
  console.log(`${folder}/${name}: ${(size / 1000).toFixed(0)} KB`);
}
