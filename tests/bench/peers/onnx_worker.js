// One network in ONNX Runtime: answers a line of JSON with a line of JSON. Started by peers.py.
//
// Usage: node onnx_worker.js MODULES NETWORK.onnx INPUT.bin SHAPE THREADS
// {"repeat": K} times K runs; {"save": FILE} saves the scores of one as raw float32.
const fs = require('fs');
const readline = require('readline');

async function main() {
  const [modules, network, input, shape, threads] = process.argv.slice(2);
  const ort = require(modules + '/onnxruntime-node');
  const session = await ort.InferenceSession.create(network, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
  });
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const feeds = {
    [session.inputNames[0]]: new ort.Tensor('float32', values, shape.split(',').map(Number)),
  };
  for (let i = 0; i < 2; ++i) await session.run(feeds);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.save) {
      const scores = (await session.run(feeds))[session.outputNames[0]].data;
      fs.writeFileSync(request.save, Buffer.from(scores.buffer, scores.byteOffset, scores.byteLength));
      console.log('{}');
      continue;
    }
    const times = [];
    for (let i = 0; i < request.repeat; ++i) {
      const start = process.hrtime.bigint();
      await session.run(feeds);
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    console.log(JSON.stringify({ times }));
  }
}

main();
