// What is tried on the packed extension, in order. Each scenario has a VS Code and a workspace of its own.
import { bench } from './bench.mjs';
import { editing } from './editing.mjs';
import { restricted } from './restricted.mjs';

export const scenarios = [editing, bench, restricted];
