/** The helper process that renders what a page cannot draw (DICOM, NIfTI, TIFF, parquet): `medpeft render-image -`. Decoding never happens in the extension host. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Disposable } from 'vscode';
import type { ImageChoices } from '../panels/protocol';

export interface Rendered {
  width: number;
  height: number;
  /** Bytes of a PNG. */
  png: Uint8Array;
  choices: ImageChoices;
}

export interface ImageHelper extends Disposable {
  /**
   * @param name absolute path, with what is wanted of the file behind `#`
   * @returns undefined when another picture was asked for before this one was rendered
   * @throws Error with what the helper says of the image
   */
  render(name: string): Promise<Rendered | undefined>;
}

/** Bytes of pictures that are kept: going back to a slice or an item renders nothing. */
const mostKept = 48 * 2 ** 20;

interface Asked {
  name: string;
  resolve(rendered: Rendered | undefined): void;
  reject(error: Error): void;
}

type Helper = ChildProcessByStdio<Writable, Readable, Readable>;
type Answer = { image: string } & (
  | { error: { message: string; hint?: string } }
  | (Omit<Rendered, 'png'> & { png: string })
);

const fileOf = (name: string) => name.replace(/#[^#/\\]*$/, '');

/**
 * Starts the helper when the first picture is asked for, in the editor's own Node as `askCli` does; it ends with this object or the window.
 * One picture is rendered at a time and the newest request comes next; work on another file than the newest asks for is ended at once.
 * @param cli absolute path of dist/cli.js
 */
export function createImageHelper(cli: string): ImageHelper {
  const kept = new Map<string, Rendered>();
  let helper: Helper | undefined;
  let going: Asked | undefined;
  let waiting: Asked | undefined;

  const keep = (name: string, rendered: Rendered) => {
    kept.set(name, rendered);
    let bytes = [...kept.values()].reduce((sum, { png }) => sum + png.length, 0);
    for (const [oldest, { png }] of kept) {
      if (bytes <= mostKept || oldest === name) break;
      kept.delete(oldest);
      bytes -= png.length;
    }
  };

  const stop = () => {
    const ended = helper;
    helper = undefined;
    ended?.kill();
    going?.resolve(undefined);
    going = undefined;
  };

  const hear = (line: string) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.image !== going?.name) return;
    const { name, resolve, reject } = going;
    going = undefined;
    if ('error' in answer) reject(new Error([answer.error.message, answer.error.hint].filter(Boolean).join('; ')));
    else {
      const { width, height, choices, png } = answer;
      const rendered = { width, height, choices, png: new Uint8Array(Buffer.from(png, 'base64')) };
      keep(name, rendered);
      resolve(rendered);
    }
    next();
  };

  const launch = (): Helper => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const made = spawn(process.execPath, [cli, 'render-image', '-'], { env, stdio: 'pipe', windowsHide: true });
    let complaint = '';
    const gone = (why: string) => {
      if (helper !== made) return; // it was told to go
      helper = undefined;
      const lost = going;
      going = undefined;
      lost?.reject(new Error(`the process that renders images ended: ${complaint.trim() || why}`));
      next();
    };
    made.stderr.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(-2_000);
    });
    made.stdin.on('error', () => {}); // `gone` says why nobody reads
    made.on('error', ({ message }) => gone(message));
    made.on('close', (code, signal) => gone(`code ${code ?? signal}`));
    createInterface({ input: made.stdout }).on('line', (line) => {
      if (helper === made) hear(line);
    });
    return made;
  };

  const next = () => {
    if (going || !waiting) return;
    going = waiting;
    waiting = undefined;
    helper ??= launch();
    helper.stdin.write(`${going.name}\n`);
  };

  return {
    async render(name) {
      const known = kept.get(name);
      if (known) {
        // back to the end of the queue: what was looked at longest ago goes first
        kept.delete(name);
        kept.set(name, known);
        return known;
      }
      if (/[\r\n]/.test(name)) throw new Error('an image whose name has line breaks cannot be shown');
      return new Promise((resolve, reject) => {
        waiting?.resolve(undefined);
        waiting = { name, resolve, reject };
        if (going && fileOf(going.name) !== fileOf(name)) stop();
        next();
      });
    },
    dispose: () => {
      waiting?.resolve(undefined);
      waiting = undefined;
      stop();
    },
  };
}
