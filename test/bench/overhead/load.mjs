// The load generator, a process of its own: `node load.mjs URL CONNECTIONS REQUESTS [REQUESTS_PER_SECOND]`.
// Closed loop without a rate, open loop with one (so that a stall is seen as latency, not as less load).
import http from 'node:http';

const [url, connections, requests, rate] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const latenciesMs = [];
let failures = 0;

function once(dueAt) {
  return new Promise((resolve) => {
    const request = http.get(url, { agent }, (response) => {
      if (response.statusCode !== 200) failures++;
      response.resume();
      response.on('end', () => {
        latenciesMs.push(performance.now() - dueAt);
        resolve();
      });
    });
    request.on('error', () => {
      failures++;
      resolve();
    });
  });
}

const startedAt = performance.now();
if (rate) {
  const running = [];
  for (let i = 0; i < requests; i++) {
    const dueAt = startedAt + (i * 1000) / rate;
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    running.push(once(dueAt));
  }
  await Promise.all(running);
} else {
  let left = requests;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await once(performance.now());
    }),
  );
}
const elapsedMs = performance.now() - startedAt;
latenciesMs.sort((a, b) => a - b);
const at = (p) => latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * p))];
console.log(
  JSON.stringify({
    perSecond: (latenciesMs.length * 1000) / elapsedMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    failures,
  }),
);
agent.destroy();
