/** The model families that this version knows: one line each. */
import { blipCaption } from './blip_caption';
import { blipVqa } from './blip_vqa';
import type { Family } from './family';
import { llama } from './llama';
import { llava } from './llava';
import { miss } from './miss';

export const families: Readonly<Record<string, Family>> = {
  blip_vqa: blipVqa,
  blip_caption: blipCaption,
  miss,
  llava,
  llama,
};

/** The family of that name, or undefined if this version does not support it. */
export function findFamily(id: string): Family | undefined {
  return Object.hasOwn(families, id) ? families[id] : undefined;
}
