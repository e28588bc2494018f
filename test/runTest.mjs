// node test/runTest.mjs [--vsix FILE] [--grep TEXT]: runs test/suite inside a real VS Code, on this tree or on a packed extension.
//   VSCODE_EXECUTABLE=harness         code-server and headless Chromium (node scripts/setup.mjs --tests)
//   VSCODE_EXECUTABLE=/path/to/code   that VS Code
//   unset                             @vscode/test-electron downloads one (VSCODE_TEST_VERSION picks which)
// The last line is `suite: N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { missing } from './harness/codeServer.mjs';
import { finish, skipAll } from './harness/counts.mjs';
import { makeWorkspace } from './harness/workspace.mjs';

const { values: options } = parseArgs({ options: { vsix: { type: 'string' }, grep: { type: 'string' } } });
const root = path.resolve(import.meta.dirname, '..');
const harness = process.env.VSCODE_EXECUTABLE === 'harness';

if (harness && missing()) {
  const sources = readdirSync(path.join(root, 'test/suite')).map((name) => path.join(root, 'test/suite', name));
  skipAll('suite', sources, missing());
}

const profile = mkdtempSync(path.join(tmpdir(), 'vp-'));
const countsFile = path.join(profile, 'counts.json');
const profileArgs = [`--user-data-dir=${profile}/u`, `--extensions-dir=${profile}/e`];

async function executable() {
  if (harness) return path.join(root, 'test/harness/code.mjs');
  return process.env.VSCODE_EXECUTABLE ?? (await downloadAndUnzipVSCode(process.env.VSCODE_TEST_VERSION ?? 'stable'));
}

/** Desktop only; the harness installs by itself. */
function installExtension(exe, file) {
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(exe, { reuseMachineInstall: true });
  const all = [...args, ...profileArgs, '--install-extension', file, '--force'];
  const { status } = spawnSync(cli, all, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`installing ${file} failed`);
}

let failure;
const workspace = await makeWorkspace();
try {
  const exe = await executable();
  const launchArgs = [workspace.folder, ...profileArgs];
  if (!options.vsix) launchArgs.push('--disable-extensions');
  else if (harness) launchArgs.push(`--install-extension=${path.resolve(options.vsix)}`);
  else installExtension(exe, path.resolve(options.vsix));
  await runTests({
    vscodeExecutablePath: exe,
    launchArgs,
    extensionDevelopmentPath: options.vsix ? path.join(root, 'test/stub') : root,
    extensionTestsPath: path.join(root, 'out/test/suite/index'),
    extensionTestsEnv: {
      TEST_COUNTS: countsFile,
      ...(options.vsix ? { TEST_VSIX: '1' } : {}),
      ...(options.grep ? { TEST_GREP: options.grep } : {}),
    },
  });
} catch (error) {
  failure = error;
} finally {
  workspace.dispose();
}
const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : undefined;
rmSync(profile, { recursive: true, force: true });
if (failure) console.error(failure.message ?? failure);
// A host that died before it could count is a failure too.
finish('suite', counts ?? { passed: 0, failed: 1, skipped: 0 }, Boolean(failure));
