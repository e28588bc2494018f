/** Images that the page cannot draw: rendered by a helper process, and sent as bytes. */
import type { Disposable } from 'vscode';
import { createImageHelper } from '../runner/imageHelper';
import type { ImageOptions, ToResultsPage } from './protocol';

export interface Pictures extends Disposable {
  /** Settled when the picture was posted, or another is asked for meanwhile. */
  send(set: string, item: string, options: ImageOptions): Promise<void>;
}

/**
 * @param cli absolute path of dist/cli.js
 * @param nameOf the image of an item: a page can ask for images of items alone, by no path of its own
 */
export function createPictures(
  cli: string,
  nameOf: (set: string, item: string) => string | undefined,
  post: (message: ToResultsPage) => void,
): Pictures {
  const helper = createImageHelper(cli);
  return {
    async send(set, item, options) {
      const name = nameOf(set, item);
      if (name === undefined) return; // of items that are shown no more
      try {
        const picture = await helper.render(withOptions(name, options));
        if (picture) post({ type: 'picture', set, item, picture });
      } catch (error) {
        post({ type: 'picture', set, item, picture: { problem: (error as Error).message } });
      }
    },
    dispose: () => helper.dispose(),
  };
}

const words: readonly (keyof ImageOptions)[] = ['frame', 'plane', 'slice', 'volume', 'window'];

/** What the reader chose stands behind what the name says itself, and so counts. Anything that could be no option is left out. */
export function withOptions(name: string, options: ImageOptions): string {
  const pairs = words.flatMap((word) => {
    const value = options[word];
    return typeof value === 'string' && /^[\w.,+-]+$/.test(value) ? [`${word}=${value}`] : [];
  });
  if (pairs.length === 0) return name;
  return `${name}${/#\w+=[^#/\\]*$/.test(name) ? '&' : '#'}${pairs.join('&')}`;
}
