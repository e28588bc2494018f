/** Against the command line as built. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createImageHelper } from '../../../client/runner/imageHelper';
import { niftiVolume } from '../../volume.mjs';
import { temporaryFolder } from '../data/fixture';

const root = path.resolve(import.meta.dirname, '../../..');

function helper(cli = path.join(root, 'dist/cli.js')) {
  const made = createImageHelper(cli);
  onTestFinished(() => made.dispose());
  return made;
}

function volumes(...names: string[]) {
  const folder = temporaryFolder();
  return names.map((name) => {
    const file = path.join(folder, name);
    writeFileSync(
      file,
      niftiVolume([5, 4, 3], (x, y, z) => x + y + z),
    );
    return file;
  });
}

it('renders one picture after the other, and knows them again', async () => {
  const [volume] = volumes('a.nii');
  const { render } = helper();
  const first = await render(`${volume}#slice=0`);
  expect(first).toMatchObject({ width: 5, height: 4, choices: { slice: { value: 0, count: 3 } } });
  expect(Buffer.from(first!.png).subarray(1, 4).toString()).toBe('PNG');
  expect((await render(`${volume}#slice=2`))!.choices.slice?.value).toBe(2);
  expect(await render(`${volume}#slice=0`)).toBe(first);
});

it('of what was asked for meanwhile only the newest is rendered', async () => {
  const [volume, other] = volumes('a.nii', 'b.nii');
  const { render } = helper();
  const asked = [0, 1, 2].map((slice) => render(`${volume}#slice=${slice}`));
  expect((await Promise.all(asked)).map((one) => one?.choices.slice?.value)).toEqual([0, undefined, 2]);
  // another file: what goes on is ended, not waited for
  const [left, chosen] = [render(`${volume}#slice=1`), render(other!)];
  expect(await left).toBeUndefined();
  expect((await chosen)?.width).toBe(5);
});

it('says what it cannot render, and goes on', async () => {
  const [volume] = volumes('a.nii');
  const { render } = helper();
  await expect(render(`${volume}#slice=7`)).rejects.toThrow(/slice=7 is not a whole number from 0 to 2/);
  await expect(render(`${volume}\n/etc/passwd`)).rejects.toThrow(/line breaks/);
  expect((await render(volume!))?.height).toBe(4);
});

it('a helper that cannot start, or ends, is told with its last words, and started anew for the next picture', async () => {
  const [volume] = volumes('a.nii');
  const cli = path.join(path.dirname(volume!), 'cli.js');
  writeFileSync(cli, "console.error('no such luck'); process.exit(3);");
  const { render } = helper(cli);
  await expect(render(volume!)).rejects.toThrow(/ended: no such luck/);
  writeFileSync(cli, `require(${JSON.stringify(path.join(root, 'dist/cli.js'))})`);
  expect((await render(volume!))?.width).toBe(5);
});
