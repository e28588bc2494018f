import { expect, it } from 'vitest';
import { withOptions } from '../../../client/panels/pictures';

it.each([
  ['/d/a.dcm', {}, '/d/a.dcm'],
  ['/d/a.dcm', { window: '40,400', frame: '3' }, '/d/a.dcm#frame=3&window=40,400'],
  // what stands last counts
  ['/d/a.dcm#frame=2', { frame: '3' }, '/d/a.dcm#frame=2&frame=3'],
  ['/d/p.parquet#row=7', { window: '-3.5,1e+3' }, '/d/p.parquet#row=7&window=-3.5,1e+3'],
  ['/d/odd#name/a.nii', { plane: 'coronal' }, '/d/odd#name/a.nii#plane=coronal'],
  // a page cannot name another file, nor another row
  ['/d/a.dcm', { frame: '1#/etc/x', slice: '1&row=9', plane: '../x', row: '9' }, '/d/a.dcm'],
] as const)('%s with %j', (name, options, expected) => {
  expect(withOptions(name, options)).toBe(expected);
});
