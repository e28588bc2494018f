/** Of a model's `prompt_template`: the template as text, with a question after an earlier one. */
import { findNodeAtOffset, getNodePath } from 'jsonc-parser';
import { promptTemplateNames, shownPrompt } from '../../runner/data/prompts';
import type { SpecDocument } from '../documents';

const example = { images: 1, earlier: [{ question: '{first question}', answer: '{first answer}' }] };

/** Markdown paragraphs for the key or value at an offset: the template that is named, or every one of them; none elsewhere. */
export function promptsAt(document: SpecDocument, offset: number): string[] {
  const node = document.tree && findNodeAtOffset(document.tree, offset, true);
  const key = node?.parent?.type === 'property' && node.parent.children?.[0] === node;
  const place = node && getNodePath(node);
  if (!node || place?.[0] !== 'models' || place.length !== 3 || place[2] !== 'prompt_template') return [];
  const named = promptTemplateNames.filter((name) => !key && name === node.value);
  return (named.length > 0 ? named : promptTemplateNames).map(
    (name) => `\`${name}\`\n\n\`\`\`text\n${shownPrompt(name, '{question}', example)}\n\`\`\``,
  );
}
