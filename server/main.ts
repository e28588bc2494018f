/**
 * The bundle of the language server: `server.js --stdio` for any editor, `--node-ipc` for VS Code. The same bundle is the thread that plans and
 * the one that reads, so that no disk or network folder makes the server wait.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { answerJob } from './plans/worker';
import { answerJobs } from './reading/worker';
import { serve } from './serve';

if (isMainThread) serve();
else if (workerData === 'reading') answerJobs();
else void answerJob();
