// npm start: runs the demo, and says where its results lie. Finished runs are kept: a second start shows their table again.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const spec = 'examples/vqa-rad/compare.medpeft.json';

const { status, signal } = spawnSync(process.execPath, ['dist/cli.js', 'run', spec, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) {
  console.error(signal ? `\nStopped by ${signal}.` : '\nThe demo did not finish; what went wrong stands above.');
  console.error('What is finished is kept: npm start goes on from there.');
  process.exit(status ?? 1);
}
console.log(`
Results: ${path.join(root, 'examples/vqa-rad/runs')} (a folder a run: manifest, events, predictions, best checkpoint)
In VS Code: npm run package, then "Extensions: Install from VSIX..." with the .vsix it names; open the folder
  ${path.join(root, 'examples/vqa-rad')} and its compare.medpeft.json, and choose "MedPEFT: Show Results".`);
