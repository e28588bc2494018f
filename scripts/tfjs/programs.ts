/** Two small programs that setup-tfjs.ts runs: one in Python, one in a Node of its own, since loading is what it tests. */

/** Arguments: wheel, folder. Takes out what is compiled against and loaded, with the licences. */
export const unpackWheel = `
import os, re, shutil, sys, zipfile

wheel, deps = sys.argv[1:]
header = re.compile(r"tensorflow/include/((?:tensorflow/c/|.*tsl/c/|.*platform/ctstring).*\\.h)$")
plain = {
    "tensorflow/libtensorflow_cc.so.2": "lib/libtensorflow_cc.so.2",
    "tensorflow/libtensorflow_framework.so.2": "lib/libtensorflow_framework.so.2",
    "tensorflow/include/LICENSE": "LICENSE",
    "tensorflow/THIRD_PARTY_NOTICES.txt": "THIRD_PARTY_NOTICES.txt",
}
with zipfile.ZipFile(wheel) as archive:
    for info in archive.infolist():
        found = header.match(info.filename)
        target = "include/" + found[1] if found else plain.get(info.filename)
        if target is None:
            continue
        target = os.path.join(deps, target)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(info) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
for needed in [*list(plain.values())[:2], "include/tensorflow/c/c_api.h", "include/tensorflow/c/eager/c_api.h"]:
    if not os.path.exists(os.path.join(deps, needed)):
        sys.exit("the wheel lacks " + needed)
`;

/** Arguments: folder, device, version of TensorFlow. Products, a sum over duplicates, and no tensor left over. */
export const selfTest = `
const util = require('node:util');
util.isArray ??= Array.isArray;
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const [folder, device, version] = process.argv.slice(1);
const from = require('node:module').createRequire(require('node:path').join(folder, 'package.json'));
const near = (tensor, want, what) => {
  const got = tensor.dataSync();
  if (got.length !== want.length || want.some((value, i) => !(Math.abs(got[i] - value) < 1e-5)))
    throw new Error(what + ': got ' + got + ', expected ' + want);
};
(async () => {
  const native = { cpu: 'tfjs-node', gpu: 'tfjs-node-gpu' }[device];
  const tf = from('@tensorflow/' + (native ?? 'tfjs-core'));
  tf.enableProdMode();
  if (device === 'js') from('@tensorflow/tfjs-backend-cpu');
  if (device === 'wasm') {
    const dist = require('node:path').dirname(from.resolve('@tensorflow/tfjs-backend-wasm'));
    from('@tensorflow/tfjs-backend-wasm').setWasmPaths(dist + '/');
  }
  const name = native ? 'tensorflow' : device === 'js' ? 'cpu' : device;
  if (!(await tf.setBackend(name))) throw new Error('TensorFlow.js has no backend ' + name);
  tf.tidy(() => {
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const b = tf.tensor2d([5, 6, 7, 8], [2, 2]);
    near(tf.matMul(a, b), [19, 22, 43, 50], 'matMul');
    near(tf.matMul(a, b, true, false), [26, 30, 38, 44], 'matMul, first transposed');
    near(tf.erf([0, 0.5]), [0, 0.5204999], 'erf');
    const rows = tf.tensor2d([[1], [0], [1]], [3, 1], 'int32');
    near(tf.scatterND(rows, tf.tensor1d([1, 2, 3]), [3]), [2, 4, 0], 'scatterND');
  });
  if (tf.memory().numTensors !== 0) throw new Error('tensors were left over');
  const loaded = native && tf.backend().binding.TF_Version;
  if (native && loaded !== version) throw new Error('TensorFlow ' + loaded + ' was loaded');
  console.log(tf.backend().isUsingGpuDevice ? 'a GPU' : 'the CPU');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;
