/** Snowball's English stemmer as of 2013, which the METEOR 1.5 program holds too; the package brings no types. */
declare module 'snowball-stemmer.jsx/dest/english-stemmer.common.min.js' {
  export class EnglishStemmer {
    stemWord(word: string): string;
  }
}
