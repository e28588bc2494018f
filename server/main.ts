/**
 * The bundle of the language server: `server.js --stdio` for any editor, `--node-ipc` for VS Code. The same bundle is the thread that plans, so
 * that hashing data never makes the server wait.
 */
import { isMainThread } from 'node:worker_threads';
import { answerJob } from './plans/worker';
import { serve } from './serve';

if (isMainThread) serve();
else void answerJob();
