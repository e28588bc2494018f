// npm start: runs the demo, and says where its results lie. Finished runs are kept: a second start shows their table again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const spec = 'examples/vqa-rad/compare.medpeft.json';

const child = spawn(process.execPath, ['dist/cli.js', 'run', spec, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the run by itself; whoever ends this program ends the run with it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill());
const [code] = await once(child, 'close');
if (code !== 0) {
  console.error('\nThe demo did not finish; why stands above. What is finished is kept: npm start goes on from there.');
  process.exit(code ?? 1);
}
console.log('The extension for VS Code: npm run package; it ends with the command that installs it.');
