/** The thread that reads runs for the panels: live sessions by number, and comparisons. Ends with the extension host. */
import { parentPort } from 'node:worker_threads';
import { createComparisons } from './comparisons';
import { LiveSession } from './liveSession';
import type { FromThread, ToThread } from './threadProtocol';

const port = parentPort!;
const sessions = new Map<number, LiveSession>();
const comparisons = createComparisons();
const answer = (message: FromThread) => port.postMessage(message);

function sessionOf(session: number): LiveSession {
  const known = sessions.get(session);
  if (known) return known;
  const made = new LiveSession(
    (message) => answer({ type: 'live', session, message }),
    (error) => answer({ type: 'problem', session, message: error.message, stack: error.stack }),
  );
  sessions.set(session, made);
  return made;
}

port.on('message', (message: ToThread) => {
  const { session } = message;
  const failed = (error: Error) => answer({ type: 'problem', session, message: error.message, stack: error.stack });
  switch (message.type) {
    case 'begin':
      return void sessionOf(session).begin(message.view, message.choice, message.shown).catch(failed);
    case 'choose':
      return void sessionOf(session).choose(message.choice).catch(failed);
    case 'change':
      return void sessionOf(session).change(message.shown, message.folders).catch(failed);
    case 'end':
      sessions.get(session)?.end();
      comparisons.forget(session);
      return void sessions.delete(session);
    case 'compare':
      try {
        return answer({ type: 'compared', session, ...comparisons.tables(session, message.asked) });
      } catch (error) {
        return failed(error as Error);
      }
    case 'render':
      try {
        const text = comparisons.rendering(session, message.asked, message.kind);
        return answer({ type: 'rendered', session, kind: message.kind, text });
      } catch (error) {
        return failed(error as Error);
      }
    default:
      message satisfies never;
  }
});
