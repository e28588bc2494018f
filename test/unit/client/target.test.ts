import { expect, it } from 'vitest';
import { type CommandTarget, targetOf } from '../../../client/commands/target';

const uri = { scheme: 'file', fsPath: '/w/a.medpeft.json' };

it.each<[string, unknown, CommandTarget]>([
  ['nothing, from the palette', undefined, {}],
  ['a code lens', { spec: 'file:///w/a.medpeft.json' }, { specFile: '/w/a.medpeft.json' }],
  [
    'a code lens above a method',
    { spec: 'file:///w/a%20b.medpeft.json', methods: ['lora'] },
    { specFile: '/w/a b.medpeft.json', methods: ['lora'] },
  ],
  ['the editor title or the Explorer', uri, { specFile: '/w/a.medpeft.json' }],
  ['a test item', { id: 'x', uri }, { specFile: '/w/a.medpeft.json' }],
  ['a run of the view', { kind: 'run', folder: '/w/runs/x' }, { folder: '/w/runs/x' }],
  ['a spec of the view', { kind: 'spec', specFile: '/w/a.medpeft.json' }, { specFile: '/w/a.medpeft.json' }],
  ['a file that is not on disk', { scheme: 'git', fsPath: '/w/a.medpeft.json' }, {}],
  ['rubbish', { spec: 3, methods: 'lora' }, {}],
  ['names that are none', { spec: 'file:///w/a.medpeft.json', methods: [3, null] }, { specFile: '/w/a.medpeft.json' }],
])('%s', (_name, argument, target) => expect(targetOf(argument)).toEqual(target));
