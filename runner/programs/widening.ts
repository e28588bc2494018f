/** Programs whose weights are float16 where they are fed: each is widened to float32 just before it is used, and all that is computed stays float32. */
import type { Node, Port, Program } from './types';

/** TensorProto.DataType of float32. */
const float32 = 1;

const made = new WeakMap<Program, Map<string, Program>>();

/**
 * The program with some of its inputs as float16 of the same shapes; itself if there are none. The results are those of the float32 program on the widened values, to the bit.
 * @param halves names of inputs that are float32 in `program`
 */
export function widening(program: Program, halves: readonly string[]): Program {
  if (halves.length === 0) return program;
  const known = made.get(program) ?? new Map<string, Program>();
  made.set(program, known);
  const key = halves.join('\n');
  const widened = known.get(key) ?? widen(program, new Set(halves));
  known.set(key, widened);
  return widened;
}

function widen(program: Program, halves: ReadonlySet<string>): Program {
  const ports = new Map(program.values.map((port) => [port.name, port]));
  for (const port of program.inputs) ports.set(port.name, port);
  const nodes: Node[] = [];
  const values: Port[] = [...program.values];
  const cast = (from: string, to: string) =>
    nodes.push({ op: 'Cast', inputs: [from], outputs: [to], attributes: { to: float32 } });
  const wide = (name: string) => {
    const to = `${name}.wide`;
    if (!values.some((value) => value.name === to)) {
      values.push({ ...ports.get(name)!, name: to });
      cast(name, to);
    }
    return to;
  };
  for (const node of program.nodes) {
    const [table, ...rest] = node.inputs;
    const [rows] = node.outputs;
    if (node.op === 'Gather' && halves.has(table!)) {
      // of a table of words only the rows that are read
      const narrow = `${rows}.half`;
      values.push({ ...ports.get(rows!)!, name: narrow, type: 'float16' });
      nodes.push({ ...node, inputs: [table!, ...rest], outputs: [narrow] });
      cast(narrow, rows!);
    } else nodes.push({ ...node, inputs: node.inputs.map((name) => (halves.has(name) ? wide(name) : name)) });
  }
  const inputs = program.inputs.map((port): Port => (halves.has(port.name) ? { ...port, type: 'float16' } : port));
  return { ...program, inputs, nodes, values };
}
