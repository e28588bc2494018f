// Calls npm, and turns its failures into a word that helps. Written for old Nodes too: setup.mjs imports it before it checks.
import { spawnSync } from 'node:child_process';

export const say = (text) => console.log(`setup: ${text}`);

/** Ends the program: what is wrong, and what to do next. */
export function stop(what, next) {
  console.error(`setup: ${what}\n       ${next}`);
  process.exit(1);
}

const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network timeout|socket hang up/;

const FAILURES = [
  [
    NETWORK,
    'the npm registry cannot be reached (no network, or a proxy is needed).',
    'Check the connection; behind a proxy: npm config set proxy http://HOST:PORT; with a mirror: npm config set registry URL. Then try again.',
  ],
  [
    /ENOSPC/,
    'the disk is full.',
    'The packages need about 1 GB in all; npm cache clean --force gives some back. Then try again.',
  ],
  [
    /EACCES|EPERM|EROFS/,
    'a folder cannot be written: this one, or the npm cache in your home.',
    'Give yourself the right to write there, or copy the project to a folder of yours. Then try again.',
  ],
  [
    /CERT_|SELF_SIGNED|UNABLE_TO_GET_ISSUER/,
    'the npm registry’s certificate is not trusted here.',
    'Name the certificate of your network: npm config set cafile FILE. Then try again.',
  ],
];

/** @returns the finished process; no shell in between where there is a way without. */
function npm(args, options) {
  const environment = Object.assign({}, process.env, options.env, { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  const settings = { cwd: options.cwd, env: environment, encoding: 'utf8', maxBuffer: 1 << 26 };
  const own = process.env.npm_execpath;
  if (own && /npm-cli\.c?js$/.test(own)) return spawnSync(process.execPath, [own].concat(args), settings);
  return spawnSync('npm', args, Object.assign(settings, { shell: process.platform === 'win32' }));
}

/** Runs npm in `options.cwd`, once more when the network failed; ends the program with a clear word when it does not work. */
export function npmOrStop(args, options) {
  for (let attempt = 1; ; attempt++) {
    const result = npm(args, options);
    if (result.status === 0) return;
    if (result.error && result.error.code === 'ENOENT')
      stop('npm is not to be found.', 'It comes with Node: https://nodejs.org');
    const output = `${result.error || ''}${result.stdout || ''}${result.stderr || ''}`;
    if (NETWORK.test(output) && attempt === 1) {
      say('the registry did not answer; trying once more');
      continue;
    }
    const known = FAILURES.find((failure) => failure[0].test(output));
    if (known) stop(known[1], known[2]);
    stop(`npm ${args[0]} failed. Its last words:`, output.trim().split('\n').slice(-25).join('\n       '));
  }
}
