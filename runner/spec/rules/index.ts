/** What a spec means, rule by rule: adding one is a function and a line here. */

import { deviceFitsBackend, precisionFitsDevice } from './devices';
import { expectationIsComputed, metricsSuitTheTask, selectionIsComputed } from './metrics';
import { modelSettingsAreUsed } from './models';
import { rateNamesAreKnown, ratesAreSmall, tunedPartsHaveRates } from './rates';
import {
  comparedMethodsAreKnown,
  executorsNameModels,
  frozenStandsAlone,
  partNamesAreDistinct,
  partsAreKnown,
  selectorsAreKnown,
} from './references';
import type { Rule } from './rule';
import { scheduleSettingsAreUsed } from './schedules';
import { ratesMoveWhatIsTuned } from './small_rates';
import { expectedSplitsAreTested, filtersNameFields, splitsAreKnown } from './splits';
import { unsupportedSettings } from './support';
import { sweepsNameSettings } from './sweep';
import { entriesDiffer } from './twins';
import {
  gridsVaryWhatIsNotFixed,
  layerRangesRise,
  patternsCompile,
  trainAndTestAreApart,
  trainedTasksHaveData,
  validationIsHeldOutOfTraining,
} from './values';

export const rules: readonly Rule[] = [
  partNamesAreDistinct,
  splitsAreKnown,
  filtersNameFields,
  partsAreKnown,
  frozenStandsAlone,
  selectorsAreKnown,
  comparedMethodsAreKnown,
  executorsNameModels,
  rateNamesAreKnown,
  tunedPartsHaveRates,
  ratesAreSmall,
  ratesMoveWhatIsTuned,
  scheduleSettingsAreUsed,
  layerRangesRise,
  patternsCompile,
  gridsVaryWhatIsNotFixed,
  trainedTasksHaveData,
  validationIsHeldOutOfTraining,
  trainAndTestAreApart,
  entriesDiffer,
  metricsSuitTheTask,
  selectionIsComputed,
  expectedSplitsAreTested,
  expectationIsComputed,
  sweepsNameSettings,
  modelSettingsAreUsed,
  deviceFitsBackend,
  precisionFitsDevice,
  unsupportedSettings,
];
