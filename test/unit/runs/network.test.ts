/** Nothing leaves the machine and nothing listens, and all of it works where there is no network at all. By real processes, seen from below. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startClient, uriOf } from '../../lsp/client';
import { cli, server } from '../../programs';
import { temporaryFolder } from './fixture';

const fixture = path.resolve('test/fixtures/workspace');
const spec = path.join(fixture, 'tiny.medpeft.json');

const works = (program: string, ...words: string[]) => spawnSync(program, words).status === 0;
/** Sees every system call, those of native code too. */
const strace = works('strace', '-f', '-o', '/dev/null', 'true');
/** A network of its own, in which not even 127.0.0.1 answers. */
const apart = [
  ['unshare', '--net'],
  ['unshare', '--net', '--map-root-user'],
].find(([program, ...words]) => works(program!, ...words, 'true'));

/** Notes whatever would leave the machine or listen, below everything that JavaScript has for it; for `--require`. */
const tracer = `
const { appendFileSync } = require('node:fs');
const note = (what) => appendFileSync(process.env.MEDPEFT_TRACE, what + '\\n');
process.removeAllListeners('warning');
const watch = (binding, kind, calls) => {
  const { prototype } = process.binding(binding)[kind];
  for (const call of calls) {
    const original = prototype[call];
    if (original) prototype[call] = function (...words) { note(kind + '.' + call + ' ' + words.slice(1)); return original.apply(this, words); };
  }
};
watch('tcp_wrap', 'TCP', ['connect', 'connect6', 'bind', 'bind6', 'listen']);
watch('udp_wrap', 'UDP', ['bind', 'bind6', 'send', 'send6', 'connect']);
note('begun ' + process.pid);
`;

/** A folder for what is noted, the words to start Node with so that it is, and what was noted. */
function watched() {
  const folder = temporaryFolder();
  const [hook, trace, calls] = ['trace.cjs', 'trace', 'calls'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(hook, tracer);
  writeFileSync(calls, '');
  return {
    words: strace
      ? ['strace', '-f', '--seccomp-bpf', '-qq', '-e', 'trace=%net', '-o', calls, process.execPath]
      : [process.execPath],
    env: { ...process.env, NODE_OPTIONS: `--no-deprecation --require ${hook}`, MEDPEFT_TRACE: trace },
    /** Processes that were watched. */
    processes: () =>
      new Set(
        readFileSync(trace, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('begun')),
      ).size,
    /** Sockets of the internet, by JavaScript and by the system; processes of one machine speak over others. */
    sockets: () => [
      ...readFileSync(trace, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('begun')),
      ...readFileSync(calls, 'utf8')
        .split('\n')
        .filter((line) => /\bAF_INET6?\b/.test(line)),
    ],
  };
}

function traced(script: string[]) {
  const {
    words: [program, ...words],
    env,
    ...seen
  } = watched();
  const { status, stderr } = spawnSync(program!, [...words, ...script], { env, encoding: 'utf8' });
  expect(`${status} ${stderr}`).toMatch(/^0 /);
  return seen;
}

/** What the language server says of the spec. */
async function openedSpec(words: string[], env?: NodeJS.ProcessEnv) {
  const client = await startClient(server, undefined, undefined, { words, env });
  const uri = uriOf(path.join(fixture, 'broken.medpeft.json'));
  const told = client.pushed(uri, (diagnostics) => diagnostics.length > 0);
  await client.open(uri, readFileSync(path.join(fixture, 'broken.medpeft.json'), 'utf8'));
  const codes = (await told).map(({ code }) => code);
  await client.dispose();
  return codes;
}

describe('no connection is made and no port opened', () => {
  it('by a dry run: command line, worker processes and heartbeat', () => {
    const seen = traced([cli, 'run', spec, '--dry-run', '--method=layernorm']);
    expect(seen.sockets()).toEqual([]);
    expect(seen.processes()).toBeGreaterThanOrEqual(3); // it was there: the command line and two workers
  });

  it('by the language server', async () => {
    const { words, env, ...seen } = watched();
    expect(await openedSpec(words, env)).not.toEqual([]);
    expect(seen.sockets()).toEqual([]);
    expect(seen.processes()).toBeGreaterThanOrEqual(1);
  });

  it('and who makes one is seen', () => {
    const seen = traced(['-e', "require('node:net').createServer().listen(0, function () { this.close(); })"]);
    const told = seen.sockets().join('\n');
    expect(told).toMatch(/TCP\.(bind|listen)/);
    if (strace) expect(told).toMatch(/AF_INET/);
  });
});

describe('without a network', () => {
  // where a process may not be given one of its own (outside Linux), what is traced above says that none is asked for
  const words = apart ?? [];

  it('a spec is checked, and a run goes on to its result', () => {
    const folder = path.join(temporaryFolder(), 'w');
    cpSync(fixture, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
    const own = path.join(folder, 'tiny.medpeft.json');
    const [program, ...before] = [...words, process.execPath];
    if (apart)
      expect(
        works(
          program!,
          ...before,
          '-e',
          "require('node:net').connect(1, '127.0.0.1').on('error', (e) => process.exit(e.code === 'ENETUNREACH' ? 0 : 1))",
        ),
      ).toBe(true);
    for (const [command, said, ...more] of [
      ['validate', /is valid/],
      ['run', /layernorm/, '--method=layernorm'],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(program!, [...before, cli, command, own, ...more], {
        encoding: 'utf8',
      });
      expect(`${status} ${stderr} ${stdout}`).toMatch(/^0 /);
      expect(stdout).toMatch(said);
    }
  });

  it('the language server answers', async () => {
    expect(await openedSpec([...words, process.execPath])).not.toEqual([]);
  });
});
