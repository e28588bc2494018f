/** What language models may ask, through `medpeft mcp` and through VS Code: all of it reads, nothing is started or changed. */
import { explainRun } from './explain_run';
import { listMedpeftRuns } from './list_runs';
import { readResults } from './read_results';
import type { Tool } from './tool';
import { validateSpec } from './validate_spec';

export type { Tool } from './tool';

export const tools: readonly Tool[] = [validateSpec, listMedpeftRuns, readResults, explainRun];
