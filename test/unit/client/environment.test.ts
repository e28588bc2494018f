/** The environment page's checks, with answers of straw. */
import { describe, expect, it } from 'vitest';
import { environmentChecks } from '../../../client/environment/checks';
import { reportText } from '../../../client/environment/report';
import type { Check } from '../../../client/panels/protocol';
import type { Answered } from '../../../client/runner/ask';

const answer = (value: unknown, code = 0): Answered => ({
  command: 'node cli.js doctor --json',
  code,
  stdout: typeof value === 'string' ? value : JSON.stringify(value),
  stderr: '',
});
const doctor = answer(
  { findings: [{ name: 'onnxruntime', ok: false, text: 'cannot be loaded', hint: 'install libc' }] },
  1,
);

/** @param version what every Node answers; @param validate what the spec's check prints */
async function checks({
  version = '22.1.0',
  trusted = true,
  engine = doctor,
  validate = answer({ diagnostics: [] }),
} = {}) {
  const search = {
    setting: '',
    env: { PATH: '/bin' },
    platform: 'linux' as const,
    execPath: '/opt/code',
    ask: async () => version,
    isFile: () => true,
  };
  const found: Check[] = [];
  for await (const check of environmentChecks({
    search,
    cli: '/x/cli.js',
    specs: [{ name: 'a', file: '/w/a.medpeft.json' }],
    trusted,
    askNode: async () => engine,
    askOwn: async () => validate,
  }))
    found.push(check);
  return found;
}
const brief = (found: readonly Check[]) => found.map(({ area, name, state }) => `${state} ${area} ${name}`);

describe('environmentChecks', () => {
  it('finds Node, what the doctor says, and the data of each spec, with the commands that were tried', async () => {
    const found = await checks();
    expect(brief(found)).toEqual(['ok Node PATH', 'missing Engine onnxruntime', 'ok Models and data a']);
    expect(found.map(({ command }) => command)).toEqual([
      '/bin/node -p process.versions.node',
      'node cli.js doctor --json',
      'node cli.js doctor --json',
    ]);
    expect(found[1]).toMatchObject({ hint: 'install libc', output: expect.stringContaining('cannot be loaded') });
  });

  it('says what to do without a Node that serves, and looks on', async () => {
    const found = await checks({ version: '18.0.0' });
    expect(brief(found)).toEqual([
      'missing Node PATH',
      'missing Node editor',
      'missing Node Node',
      'ok Models and data a',
    ]);
    expect(found[2]?.hint).toMatch(/Install Node/);
  });

  it('runs no engine for a workspace that is not trusted', async () => {
    expect(brief(await checks({ trusted: false }))).toEqual([
      'ok Node PATH',
      'note Engine engine',
      'ok Models and data a',
    ]);
  });

  it('shows what a doctor said that did not answer', async () => {
    const found = await checks({ engine: answer('Segmentation fault', 139) });
    expect(found[1]).toMatchObject({
      state: 'missing',
      text: 'ended with code 139 and without an answer',
      output: 'Segmentation fault',
    });
  });

  const problem = (code: string, severity = 'warning') => ({ code, severity, message: 'm', hint: 'h' });
  it.each<[string, unknown[], Partial<Check>]>([
    ['missing data', [problem('MP2001')], { state: 'missing', text: 'm (MP2001)', hint: 'h' }],
    ['a missing model', [problem('MP3001', 'error')], { state: 'missing', text: 'm (MP3001)' }],
    [
      'mistakes of its own',
      [problem('MP1002', 'error')],
      { state: 'note', text: 'not known: a.medpeft.json has 1 error of its own' },
    ],
    ['what the version does not support', [problem('MP1106')], { state: 'ok' }],
  ])('of a spec with %s', async (_what, diagnostics, expected) => {
    expect((await checks({ validate: answer({ diagnostics }) })).at(-1)).toMatchObject(expected);
  });
});

it('makes a text of it to paste elsewhere', () => {
  const check: Check = {
    area: 'Node',
    name: 'PATH',
    state: 'missing',
    text: 'no executable',
    hint: 'Install it.',
    command: 'node -p 1',
  };
  expect(reportText([check, { area: 'Engine', name: 'sharp', state: 'ok', text: '1.0' }])).toBe(
    [
      'MISSING Node, PATH: no executable',
      '        Install it.',
      '        $ node -p 1',
      'ok      Engine, sharp: 1.0',
    ].join('\n'),
  );
});
