/** A small WordPiece trainer for lower-case text, and the tokenizer files that Hugging Face libraries read. */

/** BERT's special tokens, then the two that BLIP adds: [DEC] starts an answer, [ENC] a question in BLIP's own code. */
export const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '[DEC]', '[ENC]'] as const;

/** Words as BERT's normaliser and pre-tokeniser make them of plain text: lower case, no accents, punctuation on its own. */
export function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
  return plain.replace(/\ufffd|\p{Cc}/gu, ' ').match(/[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu) ?? [];
}

/**
 * Vocabulary of at most `size` pieces: special tokens, every character (at the start of a word, and inside it as `##c`), then the pair that
 * is most frequent in the text, merged, again and again; equal counts in the order of the alphabet.
 * Source: Sennrich et al. 2016 (arXiv 1508.07909) for the merges, with the pieces of Schuster and Nakajima 2012, as the trainer of Hugging
 * Face's tokenizers does.
 */
export function trainWordPiece(texts: readonly string[], size: number): string[] {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({
    count,
    pieces: [...word].map((character, i) => (i === 0 ? character : `##${character}`)),
  }));
  const vocabulary = new Set<string>([...specialTokens, ...words.flatMap(({ pieces }) => pieces).sort()]);
  while (vocabulary.size < size) {
    const best = mostFrequentPair(words);
    if (!best) break;
    vocabulary.add(joined(...best));
    for (const word of words) word.pieces = merged(word.pieces, best);
  }
  return [...vocabulary];
}

type Pair = [string, string];
const joined = (left: string, right: string) => left + right.slice(2);

function mostFrequentPair(words: readonly { count: number; pieces: string[] }[]): Pair | undefined {
  const counts = new Map<string, number>();
  for (const { count, pieces } of words)
    for (let i = 1; i < pieces.length; i++) {
      const pair = `${pieces[i - 1]} ${pieces[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  let best: string | undefined;
  for (const [pair, count] of counts) {
    const most = best === undefined ? 0 : counts.get(best)!;
    if (count > most || (count === most && pair < best!)) best = pair;
  }
  return best?.split(' ') as Pair | undefined;
}

function merged(pieces: readonly string[], [left, right]: Pair): string[] {
  const out: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const pair = pieces[i] === left && pieces[i + 1] === right;
    out.push(pair ? joined(left, right) : pieces[i]!);
    if (pair) i++;
  }
  return out;
}

/** tokenizer.json: BERT's normaliser, pre-tokeniser and template over this vocabulary. */
export function tokenizerJson(vocabulary: readonly string[]): object {
  const id = (token: string) => vocabulary.indexOf(token);
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content) => ({
      id: id(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [
        special('[CLS]'),
        { Sequence: { id: 'A', type_id: 0 } },
        special('[SEP]'),
        { Sequence: { id: 'B', type_id: 1 } },
        special('[SEP]'),
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((piece, index) => [piece, index])),
    },
  };
}

/** tokenizer_config.json beside it. */
export const tokenizerConfig = {
  tokenizer_class: 'BertTokenizer',
  do_lower_case: true,
  model_max_length: 64,
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};
