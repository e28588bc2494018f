/**
 * SentencePiece's BPE, as `tokenizer.model` of LLaMA and Mistral holds it. Source: google/sentencepiece `sentencepiece_model.proto`, `bpe_model.cc`, `normalizer.cc`;
 * Kudo and Richardson 2018, arXiv 1808.06226.
 */

/** What a piece is, in the numbers of the file. */
const types = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 };

export interface Piece {
  text: string;
  /** Of two pairs, the one with the higher score is joined first. */
  score: number;
  type: keyof typeof types;
}

export interface SentencePiece {
  readonly size: number;
  /** Ids of a text, without any for its beginning and end. */
  encode(text: string): number[];
  /** Text of ids; control pieces are left out. */
  decode(ids: readonly number[]): string;
}

export interface Normalisation {
  /** A blank before the text, so that a word is the same at its beginning and within. */
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
}

const blank = '\u2581';

export function sentencePiece(
  pieces: readonly Piece[],
  { addDummyPrefix, removeExtraWhitespaces }: Normalisation,
): SentencePiece {
  const ids = new Map(pieces.map(({ text }, id) => [text, id]));
  const unknown = pieces.findIndex(({ type }) => type === 'unknown');
  const userDefined = pieces
    .filter(({ type }) => type === 'userDefined')
    .map(({ text }) => text)
    .sort((a, b) => b.length - a.length);
  const joins = (text: string): number | undefined => {
    const id = ids.get(text);
    return id !== undefined && pieces[id]!.type === 'normal' ? pieces[id]!.score : undefined;
  };

  const normalise = (text: string): string => {
    const kept = removeExtraWhitespaces ? text.trim().replace(/ +/g, ' ') : text;
    return kept === '' ? '' : ((addDummyPrefix ? ' ' : '') + kept).replaceAll(' ', blank);
  };

  /** Characters, and user-defined pieces as a whole: these are never joined with anything. */
  const symbols = (text: string): { text: string; frozen: boolean }[] => {
    const found: { text: string; frozen: boolean }[] = [];
    for (let at = 0; at < text.length; ) {
      const own = userDefined.find((piece) => text.startsWith(piece, at));
      const next = own ?? String.fromCodePoint(text.codePointAt(at)!);
      found.push({ text: next, frozen: own !== undefined });
      at += next.length;
    }
    return found;
  };

  /** Joins the pair with the highest score, the first of equals, until none is a piece. */
  const joined = (parts: { text: string; frozen: boolean }[]): string[] => {
    for (;;) {
      let best: { at: number; score: number } | undefined;
      for (let at = 0; at + 1 < parts.length; at++) {
        if (parts[at]!.frozen || parts[at + 1]!.frozen) continue;
        const score = joins(parts[at]!.text + parts[at + 1]!.text);
        if (score !== undefined && (!best || score > best.score)) best = { at, score };
      }
      if (!best) return parts.map(({ text }) => text);
      const text = parts[best.at]!.text + parts[best.at + 1]!.text;
      parts.splice(best.at, 2, { text, frozen: false });
    }
  };

  const idsOf = (part: string): number[] => {
    const id = ids.get(part);
    if (id !== undefined && ['normal', 'userDefined'].includes(pieces[id]!.type)) return [id];
    const bytes = [...new TextEncoder().encode(part)].map((byte) => ids.get(byteName(byte)));
    return bytes.every((byte) => byte !== undefined) ? bytes : [unknown];
  };

  return {
    size: pieces.length,
    encode: (text) => joined(symbols(normalise(text))).flatMap(idsOf),
    decode(tokens) {
      const bytes: number[] = [];
      const encoder = new TextEncoder();
      for (const token of tokens) {
        const { text, type } = pieces[token] ?? { text: '', type: 'control' as const };
        if (type === 'control' || type === 'unused') continue;
        if (type === 'byte') bytes.push(Number.parseInt(text.slice(3, 5), 16));
        else bytes.push(...encoder.encode(type === 'unknown' ? ' \u2047 ' : text.replaceAll(blank, ' ')));
      }
      const text = new TextDecoder().decode(Uint8Array.from(bytes));
      return addDummyPrefix && text.startsWith(' ') ? text.slice(1) : text;
    },
  };
}

/** The piece that stands for a byte of UTF-8. */
export function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/**
 * Reads tokenizer.model.
 * @throws Error, in words, if it is no SentencePiece model, or not of the kind that is computed: BPE without a table of normalisations
 */
export function readSentencePiece(bytes: Uint8Array): SentencePiece {
  const pieces: Piece[] = [];
  const trainer = new Map<number, Field>();
  const normaliser = new Map<number, Field>();
  for (const field of fields(bytes)) {
    if (field.number === 1) pieces.push(pieceOf(asBytes(field)));
    else if (field.number === 2) for (const inner of fields(asBytes(field))) trainer.set(inner.number, inner);
    else if (field.number === 3) for (const inner of fields(asBytes(field))) normaliser.set(inner.number, inner);
  }
  if (pieces.length === 0) throw new Error('it holds no pieces');
  const bpe = 2;
  if (trainer.get(3)?.value !== bpe) throw new Error('its pieces are not those of BPE');
  const table = normaliser.get(2);
  if (table && asBytes(table).length > 0) throw new Error('it normalises by a table, which is not computed');
  const truth = (field: number) => (normaliser.get(field)?.value ?? 1) !== 0;
  return sentencePiece(pieces, { addDummyPrefix: truth(3), removeExtraWhitespaces: truth(4) });
}

function pieceOf(bytes: Uint8Array): Piece {
  const piece: Piece = { text: '', score: 0, type: 'normal' };
  for (const field of fields(bytes)) {
    if (field.number === 1) piece.text = new TextDecoder().decode(asBytes(field));
    else if (field.number === 2) piece.score = field.value as number;
    else if (field.number === 3) {
      const known = Object.entries(types).find(([, number]) => number === field.value);
      if (!known) throw new Error(`it has a piece of the unknown type ${field.value}`);
      piece.type = known[0] as Piece['type'];
    }
  }
  return piece;
}

interface Field {
  number: number;
  value: number | Uint8Array;
}

function asBytes({ number, value }: Field): Uint8Array {
  if (typeof value === 'number') throw new Error(`its field ${number} is no text`);
  return value;
}

/** The fields of a Protocol Buffers message: varints, 32-bit floats and bytes. Source: https://protobuf.dev/programming-guides/encoding/. */
function* fields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= bytes.length) throw new Error('it ends early');
      const byte = bytes[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('it ends early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { number, value: varint() };
    else if (wire === 1) yield { number, value: take(8) };
    else if (wire === 2) yield { number, value: take(varint()) };
    else if (wire === 5) {
      take(4);
      yield { number, value: view.getFloat32(at - 4, true) };
    } else throw new Error('it is no SentencePiece model');
  }
}
