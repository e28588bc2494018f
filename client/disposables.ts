/** A bag of resources that end together. */
import type { Disposable } from 'vscode';

export interface Disposables extends Disposable {
  add<T extends Disposable>(...resources: T[]): T;
}

/** Disposes in the reverse order; what is added later than that is disposed at once. */
export function disposables(): Disposables {
  const held: Disposable[] = [];
  let ended = false;
  return {
    add: (...resources) => {
      if (ended) for (const resource of resources) resource.dispose();
      else held.push(...resources);
      return resources[0]!;
    },
    dispose: () => {
      ended = true;
      for (const resource of held.splice(0).reverse()) resource.dispose();
    },
  };
}
