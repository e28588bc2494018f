/** The image that shows nothing: what a model answers to it, it has not seen. */
import type { ImageLoader } from './images/loader';
import type { Preprocessing } from './preprocessing';

/** Gives a black image, preprocessed like any other, whatever file is asked for. */
export function blankImages({ size, mean, std }: Preprocessing): ImageLoader {
  const pixels = Float32Array.from({ length: 3 * size * size }, (_, i) => {
    const channel = Math.floor(i / (size * size));
    return -mean[channel]! / std[channel]!;
  });
  return { size, load: async () => ({ key: 'blank', pixels }) };
}
