/** Images in a text: which rows of the text's vectors are those of an image, and of which. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import { int64 } from '../feeds';
import type { ImageEncoder } from '../image_encoder';
import type { Call } from '../network';

/** What a language model needs to see images. */
export interface Sight {
  encoder: ImageEncoder;
  /** Layers beyond the encoder's result, which nothing but an inspection runs. */
  unseen: readonly Call[];
  /** From the encoder's result to vectors as wide as word embeddings. */
  projector: readonly Call[];
  /** Name of these vectors. */
  features: string;
  /** Vectors of one image. */
  length: number;
  /** Stands in the text for each of them. */
  imageTokenId: number;
}

/**
 * Feeds that put the images of a batch where their tokens stand, at any place of each row, and the ids with others in these places. A row takes
 * the first of its study's views, as many as it has tokens for; a text alone takes none. The last may be cut with the text that it stands in.
 * @param ids [rows, length]
 * @throws MP3102 if a row has more tokens than its images have vectors
 */
export function imageFeeds(
  ids: ArrayLike<number>,
  { ids: names, imageOf, imageKeys, views = 1 }: Batch,
  { length, imageTokenId }: Pick<Sight, 'length' | 'imageTokenId'>,
  width: number,
): { ids: number[]; feeds: [string, Tensor][] } {
  const rows = names.length;
  const each = ids.length / rows;
  const kept = new Float32Array(ids.length).fill(1);
  const places: number[] = [];
  const sources: number[] = [];
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let i = row * each; i < (row + 1) * each; i++)
      if (ids[i] === imageTokenId) {
        kept[i] = 0;
        places.push(i);
        sources.push(imageOf[row]! * views * length + count++);
      }
    if (count > views * length)
      throw new MedpeftError(
        'MP3102',
        `the text of ${names[row]} has ${count} image tokens, its images have ${views * length} vectors`,
        'the image token of config.json may not stand in a text',
      );
  }
  return {
    ids: Array.from(ids, (id) => (id === imageTokenId ? 0 : id)),
    feeds: [
      ['images.kept', { data: kept, shape: [ids.length, 1] }],
      ['images.places', int64(places)],
      ['images.sources', int64(sources)],
      ['images.features_shape', int64([imageKeys.length * length, width])],
    ],
  };
}
