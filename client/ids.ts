/** Names that package.json and the code share; a test compares the two. */

export const languageId = 'medpeft';
export const runsViewId = 'medpeft.runs';
export const testControllerId = 'medpeft.tests';

export const commandIds = [
  'medpeft.run',
  'medpeft.runMethod',
  'medpeft.dryRun',
  'medpeft.cancel',
  'medpeft.resume',
  'medpeft.rerun',
  'medpeft.deleteRun',
  'medpeft.evaluate',
  'medpeft.startNow',
  'medpeft.queueUp',
  'medpeft.queueDown',
  'medpeft.showResults',
  'medpeft.showLive',
  'medpeft.openRunFolder',
  'medpeft.showLog',
  'medpeft.copyCommand',
  'medpeft.refreshRuns',
  'medpeft.showEnvironment',
  'medpeft.openDemo',
  'medpeft.getStarted',
  'medpeft.restartLanguageServer',
  'medpeft.showLanguageServerLog',
] as const;

export type CommandId = (typeof commandIds)[number];
