/** `filter` of a data set: every named field must have the value, or one of the values. */
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import type { Item } from './types';

/** Fields are compared as cleaned text, case included: `"answer_type": "CLOSED"` also keeps `'CLOSED '`. */
export function matches(item: Item, filter: DatasetSettings['filter']): boolean {
  return Object.entries(filter ?? {}).every(([field, wanted]) => {
    const values = Array.isArray(wanted) ? wanted : [wanted];
    return values.some((value) => String(value) === (item.fields[field] ?? ''));
  });
}
