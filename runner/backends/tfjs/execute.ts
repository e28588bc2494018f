/** Runs a program operation by operation, and disposes of each tensor when its last reader is done. */
import type { Node, Port, Program } from '../../programs/types';
import { checkFeeds } from '../shapes';
import { type Executable, isOnDevice, type Placed } from '../types';
import type { TensorFlow, TfTensor } from './library';
import { type Operation, operations } from './operations';
import { TfjsTensor, upload } from './tensors';

interface Step {
  node: Node;
  compute: Operation;
  /** Values that no later step reads. */
  last: readonly string[];
}

/** The nodes with their operations. @throws Error for one that the table lacks */
function stepsOf({ name, nodes, outputs }: Program): Step[] {
  const later = new Set(outputs.map((output) => output.name));
  return [...nodes]
    .reverse()
    .map((node) => {
      const compute = operations[node.op];
      if (!compute) throw new Error(`${name}: tfjs has no operation ${node.op}`);
      const last = new Set([...node.inputs, ...node.outputs].filter((value) => !later.has(value)));
      for (const input of node.inputs) later.add(input);
      return { node, compute, last: [...last] };
    })
    .reverse();
}

/**
 * @param backend of TensorFlow.js, to be made the current one: several share one engine
 * @param give what a result is given out as, which is to dispose of it in the end
 */
export function executable<Held extends Placed>(
  tf: TensorFlow,
  backend: string,
  program: Program,
  give: (port: Port, made: TfTensor) => Held,
): Executable<Held> {
  const steps = stepsOf(program);
  const constants = new Map<string, TfTensor>();
  const constant = (name: string): TfTensor => {
    const known = constants.get(name);
    if (known) return known;
    const { values, shape, type } = program.constants.find((one) => one.name === name)!;
    const data = type === 'int64' ? BigInt64Array.from(values, BigInt) : arrays[type].from(values);
    const made = upload(tf, { data, shape }, type);
    constants.set(name, made);
    return made;
  };
  return {
    async run(feeds) {
      checkFeeds(program, feeds);
      if (tf.getBackend() !== backend) await tf.setBackend(backend);
      /** What lies on the device already, and is not this run's to dispose of. */
      const given = new Map<string, TfTensor>();
      const own = new Map<string, TfTensor>();
      const end = (name: string) => {
        own.get(name)?.dispose();
        own.delete(name);
      };
      try {
        for (const { name, type } of program.inputs) {
          const feed = feeds[name]!;
          if (feed instanceof TfjsTensor) given.set(name, feed.value);
          else if (isOnDevice(feed)) throw new Error(`${program.name}: ${name} lies on another device`);
          // The caller may change the values after this run, and a result may be another view of them.
          else own.set(name, upload(tf, { data: feed.data.slice(), shape: feed.shape }, type));
        }
        for (const { node, compute, last } of steps) {
          const inputs = node.inputs.map((name) => own.get(name) ?? given.get(name) ?? constant(name));
          const made = tf.tidy(() => [compute(tf, inputs, node.attributes ?? {}, node.outputs.length)].flat());
          node.outputs.forEach((name, i) => {
            own.set(name, made[i]!);
          });
          last.forEach(end);
        }
        const results: Record<string, Held> = {};
        for (const port of program.outputs) {
          const made = own.get(port.name)!;
          own.delete(port.name);
          results[port.name] = give(port, made);
        }
        return results;
      } finally {
        for (const name of [...own.keys()]) end(name);
      }
    },
    async release() {
      for (const tensor of constants.values()) tensor.dispose();
      constants.clear();
    },
  };
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
