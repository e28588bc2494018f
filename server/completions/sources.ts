/** Where the values of our own come from; one line a source. */
import { filterValues } from './filter_values';
import { metrics } from './metrics';
import { names } from './names';
import { paths } from './paths';
import type { CompletionSource } from './request';
import { splits } from './splits';
import { tensors } from './tensors';

export const sources: readonly CompletionSource[] = [names, splits, metrics, paths, tensors, filterValues];
