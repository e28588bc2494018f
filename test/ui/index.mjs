// What is tried on the packed extension, in order. Each scenario has a VS Code and a workspace of its own.
import { editing } from './editing.mjs';

export const scenarios = [editing];
