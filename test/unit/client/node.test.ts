import { describe, expect, it } from 'vitest';
import { findNode, isNewEnough, type NodeSearch } from '../../../client/runner/node';
import { MedpeftError } from '../../../runner/errors';

/** A machine on which the named executables answer with a version, or fail with an Error. */
function machine(answers: Record<string, string | Error>, more: Partial<NodeSearch> = {}): NodeSearch {
  return {
    setting: '',
    env: { PATH: '/opt/none:/usr/bin', SHELL: '/bin/bash', ELECTRON_RUN_AS_NODE: '1', KEPT: 'yes' },
    platform: 'linux',
    execPath: '/opt/code/code',
    isFile: (file) => file in answers,
    ask: async (command, args) => {
      const answer = answers[command] ?? new Error(`spawn ${command} ENOENT`);
      if (answer instanceof Error) throw answer;
      return args[0] === '-ilc' ? `hello from .bashrc\n__medpeft__${answer}\n__medpeft__` : `${answer}\n`;
    },
    ...more,
  };
}

describe('findNode', () => {
  it.each<[string, NodeSearch, [source: string, path: string]]>([
    ['PATH first', machine({ '/usr/bin/node': '24.1.0', '/opt/code/code': '22.0.0' }), ['PATH', '/usr/bin/node']],
    [
      'an old one on PATH gives way to the login shell',
      machine({ '/usr/bin/node': '18.20.0', '/bin/bash': '/home/u/.nvm/node', '/home/u/.nvm/node': '22.3.0' }),
      ['login shell', '/home/u/.nvm/node'],
    ],
    [
      'the editor is the last resort',
      machine({ '/bin/bash': new Error('no'), '/opt/code/code': '22.19.0' }),
      ['editor', '/opt/code/code'],
    ],
    [
      'a setting comes before all',
      machine({ '/usr/bin/node': '24.1.0', '/my/node': '20.19.0' }, { setting: '/my/node' }),
      ['setting', '/my/node'],
    ],
    [
      'Windows: a real executable, whatever the case of PATH',
      machine(
        { 'C:\\node\\node.exe': '22.0.0' },
        { platform: 'win32', env: { Path: 'C:\\none;C:\\node', ELECTRON_RUN_AS_NODE: '1', KEPT: 'yes' } },
      ),
      ['PATH', 'C:\\node\\node.exe'],
    ],
  ])('%s', async (_name, search, [source, path]) => {
    const found = await findNode(search);
    expect(found).toMatchObject({ source, path });
    expect(found.env.KEPT).toBe('yes');
    expect(found.env.ELECTRON_RUN_AS_NODE).toBe(source === 'editor' ? '1' : undefined);
  });

  it.each<[string, NodeSearch, RegExp]>([
    [
      'a setting that is too old is not passed over',
      machine({ '/usr/bin/node': '24.1.0', '/my/node': '20.18.9' }, { setting: '/my/node' }),
      /setting: \/my\/node: version 20\.18\.9 is too old/,
    ],
    ['a setting that is not Node', machine({ '/my/node': 'GNU bash' }, { setting: '/my/node' }), /does not answer/],
    ['a setting that is not there', machine({}, { setting: '/my/node' }), /spawn \/my\/node ENOENT/],
    [
      'nothing serves: every try is named',
      machine({ '/opt/code/code': '18.0.0' }),
      /PATH: no executable named node; login shell: no node in [^;]+; editor: \/opt\/code\/code: version 18\.0\.0 is too old/,
    ],
  ])('MP4101: %s', async (_name, search, message) => {
    const error = await findNode(search).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MedpeftError);
    expect(error).toMatchObject({ code: 'MP4101', message: expect.stringMatching(message) });
    expect((error as MedpeftError).hint).toMatch(/medpeft\.nodePath/);
  });

  it.each([
    ['20.19.0', true],
    ['20.18.3', false],
    ['21.0.0', true],
    ['v24.3.1', true],
    ['8.99.0', false],
  ])('%s is new enough: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected));
});
