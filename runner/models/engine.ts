/** What a network computes with: programs compiled once, and tensors where they are cheapest, on the backend's device if that has memory of its own. */
import type { Backend, Executable } from '../backends';
import { isOnDevice, type Placed, type Tensor } from '../backends/types';
import type { Program } from '../programs/types';
import { concatenation, rowRange, sum } from '../programs/whole_tensors';
import { Rubbish } from './rubbish';

type Results = Record<string, Placed>;

export class Engine {
  private readonly compiled = new Map<string, Promise<Executable<Placed>>>();
  private readonly keys = new Map<Program, string>();
  private readonly uploaded = new Map<string, Promise<Placed>>();
  /** Results on the device. */
  private readonly made = new Set<Placed>();
  private readonly rubbish = new Rubbish();
  private readonly helpers = new Map<string, Program>();

  constructor(private readonly backend: Backend) {}

  /** Whether it is told for something which feeds never change. */
  get placesFrozen(): boolean {
    return this.backend.memory !== undefined || this.backend.specialise !== undefined;
  }

  /**
   * @param toHost outputs that are read here; where there is no other memory, that is all of them
   * @param frozen feeds that never change: name of the input -> name of the tensor in the network
   */
  async run(
    program: Program,
    feeds: Results,
    toHost: readonly string[],
    frozen: ReadonlyMap<string, string> = new Map(),
  ): Promise<Results> {
    const { memory, specialise } = this.backend;
    if (specialise && frozen.size > 0) return (await this.specialised(program, feeds, frozen)).run(feeds);
    const placed = { ...feeds };
    if (memory) for (const [input, name] of frozen) placed[input] = await this.resident(name, feeds[input]!);
    const results = await (await this.executable(program, toHost)).run(placed);
    for (const tensor of Object.values(results)) if (isOnDevice(tensor)) this.made.add(tensor);
    return results;
  }

  /** a + b of equal shapes. Both may be gone then: on the host the sum stands in a. */
  async sum(a: Placed, b: Placed): Promise<Placed> {
    if (!isOnDevice(a) && !isOnDevice(b)) {
      addTo(a.data as Float32Array, b.data as Float32Array);
      this.drop(b);
      return a;
    }
    const { y } = await this.run(this.helper(sum, a.shape.length), { a, b }, []);
    this.drop(a);
    this.drop(b);
    return y!;
  }

  /** Rows `begin` up to `end` of the first axis: on the host a view, on the device a copy. */
  async rows(x: Placed, begin: number, end: number): Promise<Placed> {
    const { shape } = x;
    if (!isOnDevice(x)) {
      const each = x.data.length / shape[0]!;
      return { data: x.data.subarray(begin * each, end * each), shape: [end - begin, ...shape.slice(1)] };
    }
    const at = (row: number) => ({ data: BigInt64Array.of(BigInt(row)), shape: [1] });
    const { y } = await this.run(this.helper(rowRange, shape.length), { x, begin: at(begin), end: at(end) }, []);
    return y!;
  }

  /** Tensors on the device one below the other; they are gone then. */
  async joined(parts: readonly Placed[]): Promise<Placed> {
    let [whole] = parts;
    for (const part of parts.slice(1)) {
      const { y } = await this.run(this.helper(concatenation, part.shape.length), { a: whole!, b: part }, []);
      this.drop(whole);
      this.drop(part);
      whole = y!;
    }
    return whole!;
  }

  /** To be told of a tensor whose last reference is about to go. */
  drop(tensor: Placed | undefined): void {
    if (!tensor) return;
    if (!isOnDevice(tensor)) this.rubbish.add(tensor);
    else if (this.made.delete(tensor)) tensor.dispose();
  }

  /** Ends a computation: no result on the device outlives it. */
  dropAll(): void {
    for (const tensor of this.made) this.drop(tensor);
  }

  async dispose(): Promise<void> {
    this.dropAll();
    for (const tensor of this.uploaded.values()) {
      const held = await tensor;
      if (isOnDevice(held)) held.dispose();
    }
    this.uploaded.clear();
    for (const executable of this.compiled.values()) await (await executable).release();
    this.compiled.clear();
  }

  /** The copy on the device of a tensor that never changes. */
  private resident(name: string, tensor: Placed): Promise<Placed> {
    const key = `${name} [${tensor.shape}]`;
    const known = this.uploaded.get(key) ?? this.backend.memory!.upload(tensor as Tensor);
    this.uploaded.set(key, known);
    return known;
  }

  /** One for each layer, since each has tensors of its own. */
  private specialised(
    program: Program,
    feeds: Results,
    frozen: ReadonlyMap<string, string>,
  ): Promise<Executable<Placed>> {
    const key = `${this.numberOf(program)} ${[...frozen.values()]}`;
    const tensors = Object.fromEntries([...frozen.keys()].map((input) => [input, feeds[input] as Tensor]));
    const known = this.compiled.get(key) ?? this.backend.specialise!(program, tensors);
    this.compiled.set(key, known);
    return known;
  }

  private numberOf(program: Program): string {
    const number = this.keys.get(program) ?? String(this.keys.size);
    this.keys.set(program, number);
    return number;
  }

  private executable(program: Program, toHost: readonly string[]): Promise<Executable<Placed>> {
    const { memory } = this.backend;
    const number = this.numberOf(program);
    const key = memory ? `${number} ${toHost}` : number;
    const known =
      this.compiled.get(key) ?? (memory ? memory.compile(program, new Set(toHost)) : this.backend.compile(program));
    this.compiled.set(key, known);
    return known;
  }

  private helper(make: (rank: number) => Program, rank: number): Program {
    const key = `${make.name} ${rank}`;
    const program = this.helpers.get(key) ?? make(rank);
    this.helpers.set(key, program);
    return program;
  }
}

export function addTo(sum: Float32Array, added: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += added[i]!;
}
