/** The features of the language server; one line a feature. */
import type { Feature } from '../server';
import { codeActions } from './code-actions';
import { codeLenses } from './code-lenses';
import { completion } from './completion';
import { definition } from './definition';
import { diagnostics } from './diagnostics';
import { folding } from './folding';
import { formatting } from './formatting';
import { hover } from './hover';
import { inlayHints } from './inlay-hints';
import { links } from './links';
import { references } from './references';
import { rename } from './rename';
import { selectionRanges } from './selection-ranges';
import { semanticTokens } from './semantic-tokens';
import { signatureHelp } from './signature-help';
import { symbols } from './symbols';
import { workspaceSymbols } from './workspace-symbols';

export const features: readonly Feature[] = [
  diagnostics,
  completion,
  hover,
  definition,
  references,
  rename,
  codeActions,
  codeLenses,
  inlayHints,
  symbols,
  workspaceSymbols,
  links,
  folding,
  selectionRanges,
  formatting,
  semanticTokens,
  signatureHelp,
];
