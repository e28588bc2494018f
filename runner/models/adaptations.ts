/** What methods do to a network: at which of its sites, and what they compute before them. The network knows no method by name. */
import type { Value } from '../programs/graph';
import { Tape } from '../programs/tape';
import type { Call } from './chain';
import { Modules } from './modules';
import type { SiteKind } from './types';

/** What a method does at each kind of site. A block that has such a site calls it through the method of `Modules` of that name. */
export interface Acts {
  /** x [N, in], weight [out, in], bias [out] or none -> the layer's result [N, out]. */
  linear(modules: Modules, at: { path: string; x: Value; weight: Value; bias?: Value }): Value;
  /** keys and values [B, K, H, dh] -> with more of them in front, [B, n + K, H, dh] each. */
  keysValues(modules: Modules, at: { path: string; keys: Value; values: Value }): { keys: Value; values: Value };
  /** Embeddings of tokens [B·S, D], shape int64 [B, S, D] -> with more tokens in front of each of the B texts, [B·(n + S), D]. */
  embeddings(modules: Modules, at: { path: string; x: Value; shape: Value }): Value;
  /** h [N, D] is the result of a sublayer's last layer, x [N, D] what the sublayer adds it to -> norm(h + x), or what is done instead. */
  output(modules: Modules, at: { path: string; h: Value; x: Value; norm(sum: Value): Value }): Value;
}

/** What one placement of a method does at one site. */
export type Adaptation = {
  [Kind in SiteKind]: {
    site: Kind;
    /** Of the site, in the network; within a block, in the block. */
    path: string;
    /** Says all that the act puts into the program: equal keys, equal programs. */
    key: string;
    /** Inputs that the block has beside its own: name after `path.` -> name of the result of a call. */
    inputs?: Readonly<Record<string, string>>;
    /** Tokens that it puts in front of every text. */
    virtualTokens?: number;
    act: Acts[Kind];
  };
}[SiteKind];

export interface Adaptations {
  sites: readonly Adaptation[];
  /** Calls whose results sites read; each is run before the first call that reads it. */
  calls: readonly Call[];
}

/** Those whose path begins with `prefix`, by their path after it. */
export function within(sites: readonly Adaptation[], prefix: string): Adaptation[] {
  return sites
    .filter(({ path }) => path.startsWith(prefix))
    .map((site) => ({ ...site, path: site.path.slice(prefix.length) }));
}

/** The chain with the inputs that its sites have beside the blocks' own, and with the calls that make them. */
export function adaptedChain(chain: readonly Call[], { sites, calls }: Adaptations): readonly Call[] {
  const made = new Set<string>();
  return chain.flatMap((call) => {
    const inputs = inputsOf(call, sites);
    const read = new Set(Object.values(inputs));
    const needed = calls.filter(({ outputs }) =>
      Object.values(outputs).some((name) => read.has(name) && !made.has(name)),
    );
    for (const { outputs } of needed) for (const name of Object.values(outputs)) made.add(name);
    return read.size > 0 ? [...needed, { ...call, inputs: { ...call.inputs, ...inputs } }] : [call];
  });
}

/** Input of the block -> name of a result, for the sites that the block really has. */
function inputsOf({ block, prefix }: Call, sites: readonly Adaptation[]): Record<string, string> {
  const own = within(sites, prefix);
  const inputs = own.flatMap(({ path, inputs = {} }) =>
    Object.entries(inputs).map(([name, result]) => [`${path}.${name}`, result] as const),
  );
  if (inputs.length === 0) return {};
  const tape = new Tape(block.key);
  block.build(new Modules(tape, own));
  return Object.fromEntries(inputs.filter(([name]) => tape.graph.inputs.has(name)));
}

/** Tokens that methods put in front of each text. */
export interface VirtualTokens {
  /** As keys and values of every self-attention: positions are counted from there, and every query may look at them. */
  keys: number;
  /** As inputs: they have positions and results of their own. */
  inputs: number;
}

/** Those of the part of the network whose paths begin with `prefix`. */
export function virtualTokens({ sites }: Adaptations, prefix: string): VirtualTokens {
  const most = (kind: SiteKind) =>
    Math.max(0, ...within(sites, prefix).map(({ site, virtualTokens: n = 0 }) => (site === kind ? n : 0)));
  return { keys: most('keysValues'), inputs: most('embeddings') };
}
