import { createRequire } from 'node:module';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';

// By default the client speaks HTTP/2, which the stand-in does not.
const { NodeHttpHandler } = createRequire(import.meta.url)('@smithy/node-http-handler');
const client = new BedrockRuntimeClient({
  region: 'eu-west-1',
  endpoint: process.env.MODEL_URL,
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
});
const messages = [{ role: 'user', content: [{ text: 'a secret question' }] }];
const inferenceConfig = { maxTokens: 64, temperature: 0.5, topP: 0.9, stopSequences: ['END'] };

export const scenarios = {
  async converse() {
    const answer = await client.send(
      new ConverseCommand({ modelId: 'anthropic.claude-x', messages, inferenceConfig }),
    );
    return [answer.output.message.content[0].text, answer.usage];
  },
  async stream() {
    const answer = await client.send(new ConverseStreamCommand({ modelId: 'streamed', messages }));
    const names = [];
    for await (const event of answer.stream) names.push(...Object.keys(event));
    return names;
  },
  async invoke() {
    const body = JSON.stringify({ max_tokens: 64, messages });
    const answer = await client.send(new InvokeModelCommand({ modelId: 'anthropic.claude-y', body }));
    return JSON.parse(Buffer.from(answer.body).toString()).stop_reason;
  },
  async refuses() {
    return client.send(new ConverseCommand({ modelId: 'refuses', messages })).catch((error) => error.name);
  },
  async refusesStream() {
    const command = new ConverseStreamCommand({ modelId: 'refuses-stream', messages });
    return client.send(command).catch((error) => error.name);
  },
  async unread() {
    let answer = await client.send(new ConverseStreamCommand({ modelId: 'unread', messages }));
    const seen = typeof answer.stream[Symbol.asyncIterator];
    answer = undefined;
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      globalThis.gc?.();
    }
    return seen;
  },
};

for (const name of process.argv[2].split(',')) {
  console.log(`${name}: ${JSON.stringify(await scenarios[name]())}`);
}
client.destroy();
process.exit();
