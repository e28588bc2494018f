/** Broken specs, the same ones for the same seed: what people and programs make of a text, one to three mutations on top of each other. */
import { goodSpec } from '../fixture';

/** A whole number from 0 up to, without, the bound. */
export type Random = (below: number) => number;

export interface BrokenText {
  /** The mutations, for whoever reads a failure. */
  how: string;
  text: string;
  /** Of the cursor. */
  offset: number;
}

/** A linear congruential generator (Park and Miller, 1988): the same numbers everywhere. */
export function randomFrom(seed: number): Random {
  let state = (seed % 2147483646) + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return below <= 0 ? 0 : state % below;
  };
}

type Mutation = (text: string, random: Random) => string;

const put = (text: string, at: number, piece: string, cut = 0) => text.slice(0, at) + piece + text.slice(at + cut);
const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)]!;
/** Where something matches, or anywhere. */
function place(text: string, pattern: RegExp, random: Random): RegExpExecArray | undefined {
  const found = [...text.matchAll(pattern)];
  return found.length > 0 ? pick(found, random) : undefined;
}

const brackets = ['{', '}', '[', ']', '"', ',', ':', '"{[,:', '}]}', '\\'];
const huge = ['1e999', '-1e999', '9'.repeat(400), '1e-999', '0.0000000000000000000000000000001', '-0', '01', 'NaN'];
const comments = ['/* 🩻 */', '// to the end\n', '/**/', '/* not closed', '//', '/* // */ /'];
const strange = ['😀', '𝒩', '\u2028', '\u0000', '\ufeff', '\\ud800', 'é', '\t'];
const words = ['null', 'true', '[]', '{}', '"x"', '-1', '[null]', '{ "x": 1 }', '"__proto__"', '"constructor"', '""'];

/** One line a mutation. */
export const mutations: Readonly<Record<string, Mutation>> = {
  cut: (text, random) => text.slice(0, random(text.length)),
  'without its beginning': (text, random) => text.slice(random(text.length)),
  removed: (text, random) => put(text, random(text.length), '', 1 + random(12)),
  repeated: (text, random) => {
    const from = random(text.length);
    const piece = text.slice(from, from + 1 + random(200));
    return put(text, from, piece.repeat(1 + random(3)));
  },
  unbalanced: (text, random) => put(text, random(text.length), pick(brackets, random)),
  CRLF: (text) => text.replaceAll(/\r?\n/g, '\r\n'),
  'CR alone': (text) => text.replaceAll(/\r?\n/g, '\r'),
  'strange characters': (text, random) => put(text, random(text.length), pick(strange, random)),
  'strange names': (text, random) => text.replaceAll(pick(['norms', 'lora8', 'rad', 'tiny'], random), '😀𝒩'),
  'deep nesting': (text, random) => {
    const [open, close] = pick([['[', ']'] as const, ['{"a":', '}'] as const], random);
    const depth = 50 + random(400);
    const value = place(text, /(?<=: )("[^"\n]*"|\d+)/g, random);
    const nested = `${open.repeat(depth)}1${close.repeat(random(2) ? depth : random(depth))}`;
    return put(text, value?.index ?? 0, nested, value?.[0].length ?? 0);
  },
  'huge numbers': (text, random) => {
    const number = place(text, /(?<=[\s:[])\d[\d.e-]*/g, random);
    return number ? put(text, number.index, pick(huge, random), number[0].length) : text;
  },
  'duplicate keys': (text, random) => {
    const member = place(text, /"\w+": (?:"[^"\n]*"|\d+|\[[^[\]\n]*\]|\{[^{}\n]*\})/g, random);
    return member ? put(text, member.index, `${member[0]}, `) : text;
  },
  'comments in odd places': (text, random) => {
    const between = place(text, /[\s:,[\]{}"]/g, random);
    return put(text, between?.index ?? 0, pick(comments, random));
  },
  'another value': (text, random) => {
    const value = place(text, /(?<=: )("[^"\n]*"|\d+|\[[^[\]\n]*\]|\{[^{}\n]*\})/g, random);
    return value ? put(text, value.index, pick(words, random), value[0].length) : text;
  },
};

/** Texts that no mutation makes. */
const peculiar = [
  ...['', ' ', '\ufeff{}', '[]', 'null', '"', '{', '}{', '[[[[', '// only', '/* open'],
  ...['{"models":{"a":', '{"methods":[]}', '{"methods":[1]}', '{"extends":"."}', '{"adapters":{"peft_type":"LORA"}}'],
  '{"tasks":{"constructor":{"type":"toString","metrics":[""]}}}',
  '{"__proto__":{"a":1},"methods":{"__proto__":{},"constructor":{}},"compare":{"reference":"__proto__"}}',
  '{"models":{"a":{"path":1}},"extends":{},"methods":{"m":{"components":[1]}}}',
  '{"methods":{"":{"combine":{"text":[[]]}}},"exclude":[{"method":""}]}',
  '{"sweep":{"adapters.":1,".":2,"":3}}',
  '{"version":1e999,"name":"\\ud800"}',
];

/** The peculiar ones, then so many mutated specs. */
export function* brokenTexts(seed: number, count: number): Generator<BrokenText> {
  for (const text of peculiar)
    for (const offset of new Set([0, text.length >> 1, text.length])) yield { how: 'peculiar', text, offset };
  const random = randomFrom(seed);
  const kinds = Object.keys(mutations);
  for (let i = 0; i < count; i++) {
    // each kind in turn comes first
    const how = [kinds[i % kinds.length]!, ...Array.from({ length: random(3) }, () => pick(kinds, random))];
    const text = how.reduce((before, kind) => mutations[kind]!(before, random), goodSpec);
    yield { how: how.join(', '), text, offset: random(text.length + 1) };
  }
}
