/** Every code that a user can meet: MP1xxx spec, MP2xxx data, MP3xxx model and engine, MP4xxx run and environment. docs/diagnostics.md explains each. */
export const codes = {
  // spec: text and structure
  MP1001: 'not valid JSON',
  MP1002: 'unknown key',
  MP1003: 'wrong type',
  MP1004: 'missing key',
  MP1005: 'value not allowed',
  MP1006: 'duplicate key',
  MP1007: 'the spec file cannot be read',
  MP1008: '`extends` cannot be followed',
  // spec: meaning
  MP1101: 'unknown name',
  MP1102: 'unknown split',
  MP1103: 'parameter group or adapter matches no tensor',
  MP1104: 'the same tensor is matched twice',
  MP1105: 'metric not computed or not valid for this task',
  MP1106: 'not supported in this version',
  MP1107: 'no run is left',
  // data
  MP2001: 'data file or folder not found',
  MP2002: 'data file cannot be parsed',
  MP2003: 'image cannot be read',
  MP2004: 'record is not usable',
  MP2005: 'split is empty',
  MP2006: 'training answers are cut',
  // model and engine
  MP3001: 'checkpoint not found',
  MP3002: 'checkpoint file is damaged',
  MP3003: 'pickled checkpoint refused',
  MP3004: 'tensors do not fit the model family',
  MP3005: 'config.json cannot be used',
  MP3006: 'tokenizer cannot be used',
  MP3101: 'backend or device not available',
  MP3102: 'shape or type mismatch in a program',
  // run and environment
  MP4001: 'output folder cannot be written',
  MP4002: 'the run is already going on',
  MP4003: 'run folder is damaged',
  MP4004: 'checkpoint of the run is damaged',
  MP4005: 'loss or gradient is not a finite number',
  MP4006: 'a tuned tensor did not move or a frozen one did',
  MP4007: 'run not found',
  MP4008: 'the run ended unexpectedly',
  MP4009: 'wrong usage',
  MP4011: 'the loss diverges',
  MP4012: 'learning rate too small for float32',
  MP4013: 'the chosen learning rate is at the end of its list',
  MP4101: 'Node is missing or too old',
} as const;

export type Code = keyof typeof codes;
