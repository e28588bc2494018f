// What is tried on the packed extension, in order. Each scenario has a VS Code and a workspace of its own; a long one is played only when named.
import { bench } from './bench.mjs';
import { demo } from './demo.mjs';
import { devices } from './devices.mjs';
import { editing } from './editing.mjs';
import { language } from './language.mjs';
import { latency } from './latency.mjs';
import { managing } from './managing.mjs';
import { panning } from './panning.mjs';
import { pictures } from './pictures.mjs';
import { restricted } from './restricted.mjs';
import { reviewing } from './reviewing.mjs';
import { scrolling } from './scrolling.mjs';
import { starting } from './starting.mjs';
import { surviving, torture } from './surviving.mjs';

export const scenarios = [
  starting,
  editing,
  language,
  bench,
  managing,
  surviving,
  reviewing,
  restricted,
  demo,
  ...devices,
  latency,
  panning,
  scrolling,
  pictures,
  torture,
];
