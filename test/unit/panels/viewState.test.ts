import { expect, it } from 'vitest';
import { liveChoice, liveViewState, resultsViewState } from '../../../client/panels/viewState';

const bad = {
  hidden: 'x',
  smoothing: 'y',
  logX: 1,
  clip: 'no',
  axis: 'mile',
  top: 0,
  charts: [{ zoom: { x: [2, 1] } }, 7],
};

it.each([undefined, null, 'text', 7, bad])('a live panel comes back from %j with what it starts with', (state) => {
  expect(liveViewState(state)).toEqual({
    folder: undefined,
    specFile: undefined,
    hidden: [],
    smoothing: 0.9,
    axis: 'step',
    logX: false,
    clip: true,
    charts: [{ logScale: false }, { logScale: false }],
  });
});

it('a live panel comes back as it was left, with its zoom', () => {
  const state = {
    specFile: '/a.medpeft.json',
    folder: undefined,
    hidden: ['r'],
    top: 5,
    smoothing: 0.5,
    axis: 'epoch',
    logX: true,
    clip: false,
    charts: [
      { quantity: 'training gradient_norm', logScale: true, zoom: { x: [1, 2], y: [0.5, 4] } },
      { quantity: 'validation loss', logScale: false },
    ],
  };
  expect(liveViewState(state)).toEqual(state);
});

it('takes from a page no choice that it cannot serve', () => {
  expect(liveChoice({ quantities: [1, 'training loss'], axis: 'x', smoothing: 9 })).toEqual({
    quantities: [undefined, 'training loss'],
    axis: 'step',
    smoothing: 0.99,
  });
});

it('a results view comes back as it was left, and without what it does not know', () => {
  const filter = {
    set: 'test-rad-test',
    verdict: '0>1',
    facets: { 'answer type': 'open' },
    noted: true,
    text: 'lobe',
  };
  const arrangement = {
    sort: { column: 'trainable', descending: true },
    group: 'training.rank',
    filter: 'lora',
    hidden: ['time'],
    order: ['memory'],
    changed: true,
    starred: true,
  };
  const state = {
    specFile: '/a.medpeft.json',
    arrangement,
    reference: 'lora',
    cost: 'memory',
    runs: ['r', 's'],
    item: '7',
    filter,
  };
  expect(resultsViewState(state)).toEqual(state);
  expect(
    resultsViewState({
      arrangement: { sort: 'x', hidden: [1, 'time'] },
      runs: 'r',
      filter: { verdict: 3, facets: { a: 1 } },
    }),
  ).toEqual({
    arrangement: { hidden: ['time'], order: [], changed: false, starred: false },
    cost: 'trainable',
    runs: [],
    filter: { verdict: 'all', facets: {}, noted: false, text: '', set: undefined },
  });
});
