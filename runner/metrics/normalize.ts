/**
 * The answer normalisation of VQA v2's official evaluation: punctuation, lower case, number words, articles, contractions.
 * Source: GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py (`processPunctuation`, `processDigitArticle`), its oddities
 * included: a mark is deleted if it stands beside a blank anywhere in the text (or the text has digits joined by a comma), else it
 * becomes a blank; at most 32 full stops are removed, and none before a digit; "none" is 0. The official script leaves both sides
 * alone when all of a question's references agree; medical sets have one reference, so here both sides are always normalised.
 */
const marks = [...';/[]"{}()=+\\_->@`,?!<'];
const numbers = new Map(
  ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((word, i) => [
    word,
    String(i),
  ]),
).set('zero', '0');
const articles = new Set(['a', 'an', 'the']);
const maxFullStops = 32;

/** Words whose spelling with one apostrophe left out is put right. */
const contracted =
  `'ow's'at 'twas ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd
  he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am might've mightn't mightn't've must've mustn't needn't not've o'clock oughtn't
  shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've someone'll someone's something'd
  something'd've something'll that's there'd there'd've there're there's they'd they'd've they'll they're they've wasn't we'd've we've weren't
  what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't
  wouldn't've y'all y'all'd've y'all'll you'd you'd've you'll you're you've`.split(/\s+/);

/** The official table maps this one the wrong way round. */
const contractions = new Map([["somebody'd", 'somebodyd']]);
for (const word of contracted)
  for (const [i, character] of [...word].entries())
    if (character === "'") contractions.set(word.slice(0, i) + word.slice(i + 1), word);

/** The answer's normal form; equal normal forms are equal answers. May be empty. */
export function normalizeAnswer(text: string): string {
  return normalizeWords(text.replace(/[\n\t]/g, ' ').trim());
}

/** The same without the official script's first step, which takes blanks off the ends: a mark beside such a blank is deleted. */
export function normalizeWords(text: string): string {
  return withoutPunctuation(text)
    .toLowerCase()
    .split(/\s+/)
    .map((word) => numbers.get(word) ?? word)
    .filter((word) => word !== '' && !articles.has(word))
    .map((word) => contractions.get(word) ?? word)
    .join(' ');
}

/** Normal form as words. */
export function answerTokens(text: string): string[] {
  return normalizeAnswer(text).split(' ').filter(Boolean);
}

function withoutPunctuation(text: string): string {
  const joinedDigits = /\p{Nd},\p{Nd}/u.test(text);
  let out = text;
  for (const mark of marks) {
    const besideBlank = text.includes(`${mark} `) || text.includes(` ${mark}`);
    out = out.replaceAll(mark, besideBlank || joinedDigits ? '' : ' ');
  }
  let stops = 0;
  return out.replace(/\.(?!\p{Nd})/gu, (stop) => (stops++ < maxFullStops ? '' : stop));
}
