import { describe, expect, it } from 'vitest';
import type { Arguments, Command } from '../../../runner/cli/command';
import { runProgram } from '../../../runner/cli/program';
import { MedpeftError } from '../../../runner/errors';

let seen: Arguments | undefined;
const commands: Command[] = [
  {
    name: 'run',
    summary: 'run a spec',
    arguments: [{ name: 'SPEC' }],
    options: [
      { name: 'method', value: 'M', many: true, summary: 'only these' },
      { name: 'device', value: 'D', summary: 'where' },
      { name: 'events', summary: 'lines' },
    ],
    run: async (args) => {
      seen = args;
      return 0;
    },
  },
  {
    name: 'resume',
    summary: 'go on',
    arguments: [{ name: 'RUN', optional: true, many: true }],
    options: [],
    run: async () => {
      throw new MedpeftError('MP4007', 'no run here', 'look elsewhere', '/x');
    },
  },
];

async function call(...words: string[]) {
  let out = '';
  let err = '';
  const code = await runProgram(commands, '1.2.3', words, {
    result: (text) => (out += text),
    log: (text) => (err += text),
  });
  return { code, out, err };
}

describe('wrong usage ends with 2 and says what is right', () => {
  it.each<[string[], RegExp]>([
    [[], /usage: medpeft COMMAND/],
    [['rnu', 'a'], /MP4009 unknown command rnu\n {2}did you mean medpeft run\?/],
    [['frobnicate'], /unknown command frobnicate\n {2}medpeft --help/],
    [['run'], /SPEC is missing\n {2}usage: medpeft run SPEC \[options\]/],
    [['run', 'a', 'b'], /one argument too many: b/],
    [['run', 'a', '--methd', 'x'], /unknown option --methd\n {2}did you mean --method\?/],
    [['run', 'a', '-x'], /unknown option -x/],
    [['run', 'a', '--method'], /--method needs a value/],
    [['run', 'a', '--events=yes'], /--events takes no value/],
    [['run', 'a', '--device', 'cpu', '--device', 'gpu'], /--device is given twice/],
  ])('%j', async (words, says) => {
    const { code, out, err } = await call(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
  });
});

describe('right usage', () => {
  it('reads arguments and options in any order', async () => {
    expect((await call('run', '--method', 'a', 'spec', '--method=b=c', '--events')).code).toBe(0);
    expect(seen?.positional).toEqual(['spec']);
    expect([...seen!.options]).toEqual([
      ['method', ['a', 'b=c']],
      ['events', ['']],
    ]);
    await call('run', '--', '--method');
    expect(seen?.positional).toEqual(['--method']);
  });

  it.each([[['--help']], [['help']], [['-h']]])('%j lists the commands', async (words) => {
    const { code, out } = await call(...words);
    expect(code).toBe(0);
    expect(out).toMatch(/run {5}run a spec\n {2}resume {2}go on/);
  });

  it('a command explains itself, without its arguments', async () => {
    const { code, out } = await call('run', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(
      /usage: medpeft run SPEC \[options\][\s\S]*--method M +only these; may be repeated[\s\S]*--json/,
    );
  });

  it('tells its version', async () => expect(await call('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' }));
});

describe('a failure', () => {
  it('ends with 1: code, reason, place, next step; with --json one object as well', async () => {
    expect(await call('resume')).toEqual({ code: 1, out: '', err: 'MP4007 no run here\n  at /x\n  look elsewhere\n' });
    expect(JSON.parse((await call('resume', '--json')).out)).toEqual({
      error: { code: 'MP4007', message: 'no run here', hint: 'look elsewhere', place: '/x' },
    });
  });
});
