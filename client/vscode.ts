/** VS Code as a value: parts of the extension get it passed in, so that they also run in plain Node on a stand-in. */
import type * as vscode from 'vscode';

export type VsCode = typeof vscode;
