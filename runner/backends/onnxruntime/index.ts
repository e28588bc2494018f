/** Programs on onnxruntime-node. Nothing else in the project imports that package. */
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { Program } from '../../programs/types';
import { copyProgram } from '../../programs/whole_tensors';
import type { Backend, Tensor } from '../types';
import { deviceMemory } from './device_memory';
import { refusal } from './refusals';
import { compileOn, type Runtime } from './session';

/**
 * How each device, an execution provider of onnxruntime, gets at tensors: all are in host memory; they can stay on the device; or all that is fed is copied there in every run, so that
 * what never changes is better made part of the program.
 */
const devices: Readonly<Record<string, 'host' | 'kept' | 'copied'>> = { cpu: 'host', webgpu: 'kept', cuda: 'copied' };

export const onnxRuntimeDevices: readonly string[] = Object.keys(devices);

/**
 * @param device one of `onnxRuntimeDevices`
 * @param threads of one operation on the processor; as many as there are processors if absent
 * @throws MP3101 if the package is missing or the device cannot be used
 */
export async function openOnnxRuntime(device: string, threads?: number): Promise<Backend> {
  const runtime = await load(device);
  const way = devices[device]!;
  const count = threads ?? availableParallelism();
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: count,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Lengths vary from batch to batch: a memory plan per shape would only hold memory.
    enableMemPattern: false,
    // An arena keeps a session's most for the next run of that session alone; the system's allocator serves all of them, at the same speed.
    enableCpuMemArena: false,
    logSeverityLevel: 3,
    // Each session has threads of its own; spinning after one program's run would take the processors from the next: 3 to 6 times slower.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  return {
    name: 'onnxruntime',
    device,
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    threads: count,
    compile: (program) => compileOn(runtime, program, options),
    ...(way === 'kept' && { memory: await openedMemory(device, runtime, options) }),
    ...(way === 'copied' && { specialise: await specialiser(device, runtime, options) }),
  };
}

async function load(device: string): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw refusal(device, cause);
  }
}

async function openedMemory(device: string, runtime: Runtime, options: InferenceSession.SessionOptions) {
  try {
    return await deviceMemory(runtime, options);
  } catch (cause) {
    throw refusal(device, cause);
  }
}

async function specialiser(device: string, runtime: Runtime, options: InferenceSession.SessionOptions) {
  try {
    await (await compileOn(runtime, copyProgram(1), options)).release();
  } catch (cause) {
    throw refusal(device, cause);
  }
  return (program: Program, frozen: Readonly<Record<string, Tensor>>) => compileOn(runtime, program, options, frozen);
}
