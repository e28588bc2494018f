// A real VS Code to test in where no desktop is: code-server (VS Code's own workbench and extension host) with a headless Chromium,
// from npm and the distribution alone. test/harness/ drives it. Elsewhere @vscode/test-electron fetches a desktop VS Code.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { npmOrStop, say } from './npm.mjs';
import { hasLoader } from './vulkan.mjs';

/** Pinned: the suite's selectors are the internals of this version. code-server needs Node 24, nothing else here does. */
const NODE = process.env.HARNESS_NODE_VERSION ?? '24.21.0';
const CODE_SERVER = process.env.HARNESS_CODE_SERVER_VERSION ?? '4.139.1';

const folder = process.env.VSCODE_HARNESS_DIR ?? path.join(homedir(), '.cache/vscode-harness');
const stamp = path.join(folder, `.ok-${NODE}-${CODE_SERVER}`);
const nodePackage = `node-linux-${process.arch}`;

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const browser = () => (process.env.CHROMIUM ? [process.env.CHROMIUM] : BROWSERS).find(existsSync);
const onPath = (tool) => (process.env.PATH ?? '').split(':').some((at) => existsSync(path.join(at, tool)));
const isReady = () => existsSync(stamp);

/** Debian packages that are missing: the browser, and what two small native modules are compiled with. */
function missingPackages() {
  const missing = browser() ? [] : ['chromium', 'fonts-dejavu-core'];
  const tools = { 'g++': 'g++', make: 'make', python3: 'python3' };
  if (!isReady()) missing.push(...Object.keys(tools).filter((tool) => !onPath(tool)));
  return missing;
}

/** Why the tests in VS Code cannot run here, with the command that would make them run; undefined when they can. */
export function problem() {
  if (process.platform !== 'linux') return undefined;
  const missing = missingPackages();
  if (missing.length > 0)
    return `missing ${missing.join(', ')}; install with: sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  return isReady() ? undefined : `no VS Code in ${folder}; install with: node scripts/setup.mjs --tests`;
}

/** The environment in which test/runTest.mjs and test/harness/ui.mjs find it. */
export function environment() {
  if (process.platform !== 'linux') return {};
  return {
    VSCODE_EXECUTABLE: process.env.VSCODE_EXECUTABLE ?? 'harness',
    VSCODE_HARNESS_DIR: folder,
    HARNESS_NODE: path.join(folder, 'node_modules', nodePackage, 'bin/node'),
    CHROMIUM: browser(),
  };
}

function installPackages(names) {
  if (process.getuid() !== 0 || !onPath('apt-get')) return say(`tests in VS Code will be skipped: ${problem()}`);
  say(`installing ${names.join(', ')} (apt-get)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', ...args], { encoding: 'utf8', env });
  const attempt = () => {
    const lists = apt('update');
    return lists.status === 0 ? apt('install', '-y', '--no-install-recommends', ...names) : lists;
  };
  let result = attempt();
  if (result.status !== 0) result = attempt();
  if (result.status !== 0) say(`apt-get failed: ${result.stderr.trim().split('\n').slice(-3).join(' ')}`);
}

/** Installs beside the final place and moves it there when whole, so that nothing half-made is taken for ready. */
function installCodeServer() {
  say(`installing VS Code (code-server ${CODE_SERVER}, about 800 MB, a minute or two) in ${folder}`);
  const start = Date.now();
  const part = `${folder}.${process.pid}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  writeFileSync(path.join(part, 'package.json'), '{"private":true}');
  const home = path.join(part, 'node_modules', nodePackage);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const install = (cwd, ...args) =>
    npmOrStop(['install', '--ignore-scripts', ...quiet, ...args], {
      cwd,
      env: { PATH: `${home}/bin:${process.env.PATH}` },
    });
  // code-server's own postinstall compiles ten native modules, of which two matter; what else it does is done below.
  install(part, '--no-save', `${nodePackage}@${NODE}`, `code-server@${CODE_SERVER}`);
  const vscode = path.join(part, 'node_modules/code-server/lib/vscode');
  install(vscode, '--omit=dev');
  install(path.join(vscode, 'extensions'), '--omit=dev');
  // Log files, and the watchdog that ends an extension host whose server is gone. The headers are those of that Node.
  npmOrStop(['rebuild', ...quiet, '@vscode/spdlog', '@vscode/native-watchdog'], {
    cwd: vscode,
    env: { PATH: `${home}/bin:${process.env.PATH}`, npm_config_nodedir: home },
  });
  writeFileSync(path.join(part, path.basename(stamp)), '');
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  say(`VS Code installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

/** Idempotent. Where it may not install, it says what is missing and how to get it; the tests are then counted as skipped. */
export function setUp() {
  if (process.platform !== 'linux') return say('tests run in a desktop VS Code, which is fetched on first use');
  const missing = missingPackages();
  if (missing.length > 0) {
    installPackages(missing);
  }
  // Tests of Neovim (28 MB), Slurm (40 MB) and WebGPU are skipped without them.
  const programs = { nvim: 'neovim', slurmctld: 'slurm-wlm', munged: 'munge' };
  const wanted = Object.keys(programs).filter((program) => !onPath(program));
  const packages = [...wanted.map((program) => programs[program]), ...(hasLoader() ? [] : ['libvulkan1'])];
  if (packages.length > 0 && process.getuid() === 0 && onPath('apt-get')) installPackages(packages);
  if (missingPackages().length > 0) return;
  if (!isReady()) installCodeServer();
  const version = JSON.parse(
    readFileSync(path.join(folder, 'node_modules/code-server/lib/vscode/package.json'), 'utf8'),
  ).version;
  say(`VS Code ${version} and ${browser()} are ready`);
}
