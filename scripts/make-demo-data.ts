/**
 * npm run make-demo-data -- FOLDER: makes examples/vqa-rad/data from the full VQA-RAD (trainset.json, testset.json, images/).
 * Every question and every image stay, under their names; images are scaled to at most 192 pixels a side, JSON is written a record a line.
 * The same input gives the same bytes with the same version of sharp.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const SIDE = 192;
const QUALITY = 75;
const BUDGET_BYTES = 3_000_000;

const to = path.resolve(import.meta.dirname, '../../examples/vqa-rad/data');

async function images(from: string): Promise<number> {
  rmSync(path.join(to, 'images'), { recursive: true, force: true });
  mkdirSync(path.join(to, 'images'), { recursive: true });
  let bytes = 0;
  for (const name of readdirSync(path.join(from, 'images')).sort()) {
    const jpeg = await sharp(path.join(from, 'images', name))
      .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: QUALITY })
      .toBuffer();
    writeFileSync(path.join(to, 'images', name), jpeg);
    bytes += jpeg.length;
  }
  return bytes;
}

/** The records as they are, quirks included, without the indentation. */
function questions(from: string, name: string): number {
  const records: unknown[] = JSON.parse(readFileSync(path.join(from, name), 'utf8'));
  const text = `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`;
  writeFileSync(path.join(to, name), text);
  return Buffer.byteLength(text);
}

async function main(): Promise<void> {
  const from = process.argv[2];
  if (!from)
    throw new Error('Which folder? npm run make-demo-data -- FOLDER (with trainset.json, testset.json and images/)');
  const sizes = {
    images: await images(from),
    'trainset.json': questions(from, 'trainset.json'),
    'testset.json': questions(from, 'testset.json'),
  };
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  console.log(`${to}: ${JSON.stringify(sizes)}, ${total} bytes`);
  if (total > BUDGET_BYTES) throw new Error(`more than ${BUDGET_BYTES} bytes: lower SIDE or QUALITY`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
