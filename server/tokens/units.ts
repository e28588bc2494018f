/** What the numbers of a spec count: the unit of each key, for colours. */

export const units = ['steps', 'items', 'tokens', 'pixels', 'rate', 'share'] as const;
export type Unit = (typeof units)[number];

const keys: Readonly<Record<Unit, readonly string[]>> = {
  steps: ['max_steps', 'warmup_steps', 'eval_steps', 'save_steps', 'logging_steps', 'timescale'],
  items: ['batch_size'],
  tokens: [
    'max_new_tokens',
    'min_new_tokens',
    'max_question_tokens',
    'max_answer_tokens',
    'max_report_tokens',
    'max_length',
    'num_virtual_tokens',
  ],
  pixels: ['image_size'],
  rate: ['learning_rate', 'lr_end'],
  share: ['fraction', 'warmup_ratio', 'min_lr_rate', 'label_smoothing', 'dropout', 'at_least', 'at_most'],
};

const unitOfKey = new Map(units.flatMap((unit) => keys[unit].map((key) => [key, unit] as const)));

/** The unit of a number at a path: of the nearest key round it that has one, up to a rate by name or a list of rates. */
export function unitOf(path: readonly (string | number)[]): Unit | undefined {
  for (const key of path.slice(-2).reverse()) {
    const unit = typeof key === 'string' ? unitOfKey.get(key) : undefined;
    if (unit) return unit;
  }
  return undefined;
}
