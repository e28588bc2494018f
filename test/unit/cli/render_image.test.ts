/** Expected values: test/fixtures/dicom/expected.json, the arrays that went into the files; volumes are written here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { beforeEach, expect, it } from 'vitest';
import { runProgram } from '../../../runner/cli/program';
import { renderImage } from '../../../runner/cli/render_image';
import { niftiVolume } from '../../volume.mjs';
import { temporaryFolder } from '../data/fixture';

const root = path.resolve(import.meta.dirname, '../../..');
const dicom = (name: string) => path.join(root, 'test/fixtures/dicom', name);

let folder: string;
/** A voxel is 1000 z + 10 y + x. */
let volume: string;
beforeEach(() => {
  folder = temporaryFolder();
  volume = path.join(folder, 'volume.nii');
  writeFileSync(
    volume,
    niftiVolume([5, 4, 3], (x, y, z) => 1000 * z + 10 * y + x),
  );
});

async function medpeft(...words: string[]) {
  let out = '';
  let log = '';
  const code = await runProgram([renderImage], '0', ['render-image', ...words], {
    result: (line) => (out += line),
    log: (line) => (log += line),
  });
  return { code, out, log };
}

/** `channels` as the file has them: sharp would make three of one. */
async function pixelsOf(png: string | Buffer) {
  const image = sharp(typeof png === 'string' ? Buffer.from(png, 'base64') : png);
  const { width, height, channels, space } = await image.metadata();
  return { data: await image.toColourspace(space).raw().toBuffer(), width, height, channels };
}

it('gives the frame and window that the name says, and what else there is to choose', async () => {
  const { out } = await medpeft(`${dicom('frames.dcm')}#frame=2&window=1000,401`, '--json');
  const { width, height, choices, png } = JSON.parse(out);
  expect({ width, height, choices }).toEqual({
    width: 36,
    height: 40,
    choices: { frame: { value: 2, count: 3 }, window: { center: 1000, width: 401, low: 1, high: 60735 } },
  });
  const stored = (JSON.parse(readFileSync(dicom('expected.json'), 'utf8')).frames as number[]).slice(1440, 2880);
  // PS3.3 C.11.2.1.2: (x - (c - 0.5)) / (w - 1) + 0.5
  const expected = stored.map((value) => Math.round(255 * Math.min(1, Math.max(0, (value - 999.5) / 400 + 0.5))));
  const { data, channels } = await pixelsOf(png);
  expect(channels).toBe(1);
  expect([...data]).toEqual(expected);
});

it('the window that it names shows what it shows without one', async () => {
  for (const name of [dicom('j2k_grey16.dcm'), dicom('j2k_signed.dcm'), volume]) {
    const plain = JSON.parse((await medpeft(name, '--json')).out);
    const { center, width } = plain.choices.window;
    const named = JSON.parse((await medpeft(`${name}#window=${center},${width}`, '--json')).out);
    expect(named.png).toBe(plain.png);
  }
});

it('slices a volume along three planes', async () => {
  const { choices } = JSON.parse((await medpeft(volume, '--json')).out);
  expect(choices).toEqual({
    plane: { value: 'axial', names: ['axial', 'coronal', 'sagittal'] },
    slice: { value: 1, count: 3 },
    window: { center: 1017, width: 2034, low: 0, high: 2034 },
  });
  const to = path.join(folder, 'slice.png');
  const { out } = await medpeft(`${volume}#plane=coronal&slice=3&window=1000,2000`, '--to', to);
  expect(out).toContain('slice 3 of 0 to 3');
  const { data, width, height } = await pixelsOf(readFileSync(to));
  expect([width, height]).toEqual([5, 3]);
  // left of the picture is the patient's right, where x is greatest; above is superior: z = 2, y = 3, x = 4
  expect(data[0]).toBe(255);
  expect(data[14]).toBe(Math.round((255 * 30) / 2000));
});

it('colours stay colours; rasters have nothing to choose', async () => {
  const file = path.join(folder, 'a.tiff');
  await sharp({ create: { width: 3, height: 2, channels: 3, background: { r: 200, g: 10, b: 0 } } })
    .tiff({ compression: 'none' })
    .toFile(file);
  const { choices, png } = JSON.parse((await medpeft(file, '--json')).out);
  expect(choices).toEqual({});
  const { data, channels } = await pixelsOf(png);
  expect([channels, ...data.subarray(0, 3)]).toEqual([3, 200, 10, 0]);
});

it('says what it cannot render, and why', async () => {
  const missing = await medpeft(path.join(folder, 'no.dcm'));
  expect([missing.code, missing.log]).toEqual([1, expect.stringMatching(/^MP2001 /)]);
  const beyond = await medpeft(`${volume}#slice=3`);
  expect(beyond.log).toMatch(/MP2003 .*slice=3 is not a whole number from 0 to 2/);
  const refused = await medpeft(volume, '--to', path.join(folder, 'no/a.png'));
  expect([refused.code, refused.log]).toEqual([1, expect.stringMatching(/^MP4001 /)]);
  expect((await medpeft('-', '--json')).code).toBe(2);
});

it('as a helper answers a name a line until its input ends, after what it could not read too', async () => {
  const helper = spawn(process.execPath, [path.join(root, 'dist/cli.js'), 'render-image', '-'], { stdio: 'pipe' });
  const names = [`${volume}#slice=0`, path.join(folder, 'no.nii'), `${volume}#slice=2`];
  helper.stdin.end(`${names.join('\n')}\n`);
  const answers: { image: string; error?: { code: string }; choices?: { slice: { value: number } } }[] = [];
  for await (const line of createInterface({ input: helper.stdout })) answers.push(JSON.parse(line));
  if (helper.exitCode === null) await once(helper, 'exit');
  expect(helper.exitCode).toBe(0);
  expect(answers.map(({ image, error, choices }) => [image, error?.code ?? choices?.slice.value])).toEqual([
    [names[0], 0],
    [names[1], 'MP2001'],
    [names[2], 2],
  ]);
});
