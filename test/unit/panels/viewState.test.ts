import { expect, it } from 'vitest';
import { liveViewState, resultsViewState } from '../../../client/panels/viewState';

it.each([undefined, null, 'text', 7, { hidden: 'x', smoothing: 'y', logScale: 'z', metric: 1 }])(
  'a live panel comes back from %j with what it starts with',
  (state) => {
    expect(liveViewState(state)).toEqual({
      folder: undefined,
      specFile: undefined,
      hidden: [],
      smoothing: 0.6,
      logScale: false,
      metric: undefined,
    });
  },
);

it('a live panel comes back as it was left', () => {
  const state = {
    specFile: '/a.medpeft.json',
    folder: undefined,
    hidden: ['r'],
    smoothing: 0.9,
    logScale: true,
    metric: 'exact_match',
  };
  expect(liveViewState(state)).toEqual(state);
});

it('a results view comes back as it was left, and without what it does not know', () => {
  const filter = { set: 'test-rad-test', verdict: 'wrong', answerType: 'open', text: 'lobe' };
  const state = { specFile: '/a.medpeft.json', sort: { column: 2, descending: true }, run: 'r', item: '7', filter };
  expect(resultsViewState(state)).toEqual(state);
  expect(resultsViewState({ sort: 'x', filter: { verdict: 'perhaps' } })).toEqual({
    filter: { verdict: 'all', answerType: 'all', text: '', set: undefined },
  });
});
