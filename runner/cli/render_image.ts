/** `medpeft render-image FILE`: an image as PNG, and what else of it could be looked at. With `-` a helper of views: a name a line in, a picture a line out. */
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createPictures, type Picture } from '../data/images/picture';
import { MedpeftError } from '../errors';
import { type Command, type Output, optionOf } from './command';
import { writeFile } from './write_file';

export const renderImage: Command = {
  name: 'render-image',
  summary: 'an image as PNG: a frame, slice or window of DICOM and NIfTI, a row of parquet, TIFF',
  arguments: [{ name: 'FILE' }],
  options: [{ name: 'to', value: 'PNG', summary: 'write the picture to this file' }],
  async run(args, output) {
    const [name] = args.positional as [string];
    const to = optionOf(args, 'to');
    if (name === '-') {
      if (to !== undefined || args.options.has('json'))
        throw new MedpeftError('MP4009', 'with - the pictures are lines of standard output: no other option applies');
      return serve(output);
    }
    const picture = await createPictures()(name);
    if (to !== undefined) writeFile(path.resolve(to), picture.png);
    output.result(args.options.has('json') ? line(name, picture) : textOf(name, picture));
    return 0;
  },
};

/** Ends with its input. Names are answered one after the other, in their order. */
async function serve(output: Output): Promise<number> {
  const pictures = createPictures();
  for await (const name of createInterface({ input: process.stdin }))
    try {
      output.result(line(name, await pictures(name)));
    } catch (error) {
      if (!(error instanceof MedpeftError)) throw error;
      const { code, message, hint } = error;
      output.result(`${JSON.stringify({ image: name, error: { code, message, ...(hint ? { hint } : {}) } })}\n`);
    }
  return 0;
}

function line(image: string, { width, height, choices, png }: Picture): string {
  return `${JSON.stringify({ image, width, height, choices, png: Buffer.from(png).toString('base64') })}\n`;
}

function textOf(name: string, { width, height, choices: { frame, plane, slice, volume, window } }: Picture): string {
  const range = (from: number, count: number) => `${from} to ${from + count - 1}`;
  return [
    `${name}: ${width} × ${height}`,
    ...(frame ? [`  frame ${frame.value} of ${range(1, frame.count)}`] : []),
    ...(plane ? [`  plane ${plane.value} of ${plane.names.join(', ')}`] : []),
    ...(slice ? [`  slice ${slice.value} of ${range(0, slice.count)}`] : []),
    ...(volume ? [`  volume ${volume.value} of ${range(0, volume.count)}`] : []),
    ...(window ? [`  window ${window.center},${window.width}; values ${window.low} to ${window.high}`] : []),
    ...(frame || slice || window
      ? [
          `another: ${name.replace(/#.*$/, '')}#${[frame && 'frame=N', slice && 'slice=N', window && 'window=CENTER,WIDTH'].filter(Boolean).join('&')}`,
        ]
      : []),
    '',
  ].join('\n');
}
