#!/usr/bin/env node
// Stands in for the `code` executable: takes the arguments that @vscode/test-electron gives a desktop VS Code and runs the same
// suite in code-server and headless Chromium. Exit code: 0 all passed, 1 some failed, 99 the harness itself failed or timed out.
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { onSignals, remoteUri, startBrowser, startServer, vscodeVersion, workbenchUrl } from './codeServer.mjs';

const text = { type: 'string' };
const texts = { type: 'string', multiple: true, default: [] };
const { values: options, positionals } = parseArgs({
  strict: false, // VS Code's other switches mean nothing here
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: texts,
    extensionTestsPath: text,
    'install-extension': texts,
    'user-data-dir': text,
    'extensions-dir': text,
    'disable-extensions': { type: 'boolean' },
    version: { type: 'boolean' },
  },
});
if (options.version) {
  console.log(`${vscodeVersion()}\ncode-server\nx64`);
  process.exit(0);
}
if (!options.extensionTestsPath) {
  console.error('[harness] only --version and test runs (--extensionTestsPath) are supported');
  process.exit(99);
}

// Log lines of the workbench itself come through the same channel as the suite's console output.
const noise =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[(reconnection-grace-time|remote-connection|DefaultAccount|Service Worker|AgentHost|AccountPolicyGate)|Ignoring fetching|Updating additional builtin|Creation of workbench contribution)/;
const timeout = Number(process.env.HARNESS_TIMEOUT_MS ?? 300_000);
const logs = path.resolve(process.env.HARNESS_LOGS ?? '.vscode-test/harness-logs');
const local = (file) => (file.startsWith('file://') ? decodeURIComponent(new URL(file).pathname) : file);

/** Wraps the suite so that it leaves a mark: VS Code reports exit code 0 when the extension host dies in mid-suite. */
function marked(dir, suite) {
  mkdirSync(dir, { recursive: true });
  const mark = path.join(dir, 'mark');
  writeFileSync(
    path.join(dir, 'index.js'),
    `exports.run = async () => {
      await require(${JSON.stringify(suite)}).run();
      require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'done');
    };`,
  );
  return { module: path.join(dir, 'index.js'), done: () => existsSync(mark) };
}

/** Resolves with the exit code that the workbench reports; prints what the suite prints. */
async function suiteEnd(page) {
  let resolve;
  let reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // awaited later
  const timer = setTimeout(() => reject(new Error(`the suite did not finish within ${timeout} ms`)), timeout);
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = format(...args);
    const ofWorkbench = noise.test(line) || (type !== 'info' && line.includes('/static/out/vs/'));
    if (process.env.HARNESS_VERBOSE || !ofWorkbench) (type === 'error' ? console.error : console.log)(line);
  });
  await page.exposeFunction('codeAutomationExit', (code) => {
    clearTimeout(timer);
    resolve(code);
  });
  page.on('crash', () => reject(new Error('the page crashed')));
  return { ended: promise };
}

/** VS Code's own logs and a picture, for the post-mortem. */
async function keepEvidence(page, server) {
  mkdirSync(logs, { recursive: true });
  await page.screenshot({ path: path.join(logs, 'failure.png') }).catch(() => {});
  for (const [from, to] of [
    [path.join(server.dirs.user, 'logs'), 'vscode'],
    [server.dirs.log, 'server.log'],
  ]) {
    if (existsSync(from)) cpSync(from, path.join(logs, to), { recursive: true });
  }
}

const started = Date.now();
let server;
let browser;
let code = 99;
const cleanUp = async () => {
  await browser?.close().catch(() => {});
  await server?.stop({ keep: Boolean(process.env.HARNESS_KEEP) });
};
onSignals(cleanUp);
try {
  server = await startServer({
    vsix: options['install-extension'],
    userDataDir: options['user-data-dir'],
    extensionsDir: options['extensions-dir'],
  });
  const suite = marked(path.join(server.root, 'w'), path.resolve(local(options.extensionTestsPath)));
  let context;
  ({ browser, context } = await startBrowser());
  const page = await context.newPage();
  const { ended } = await suiteEnd(page);
  await page.goto(
    workbenchUrl(server, {
      folder: positionals[0] && local(positionals[0]),
      payload: [
        ...options.extensionDevelopmentPath.map((p) => ['extensionDevelopmentPath', remoteUri(server, local(p))]),
        ['extensionTestsPath', remoteUri(server, suite.module)],
        ...(options['disable-extensions'] ? [['disableExtensions', 'true']] : []),
        ['skipWelcome', 'true'],
      ],
    }),
  );
  try {
    code = await ended;
    if (code === 0 && !suite.done()) {
      code = 99;
      console.error('[harness] the extension host ended before the suite did');
    }
  } finally {
    if (code !== 0) await keepEvidence(page, server);
  }
} catch (error) {
  console.error(`[harness] ${error.message}`);
} finally {
  await cleanUp();
}
const seconds = ((Date.now() - started) / 1000).toFixed(1);
const where = code === 0 ? '' : `; logs in ${logs}`;
console.error(`[harness] VS Code ${vscodeVersion()} (code-server): exit ${code} after ${seconds} s${where}`);
process.exit(code);
